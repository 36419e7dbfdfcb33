import { expect, it } from 'vitest';
import { type Bill, shippedBill } from '../../../scripts/publish/shipped-bill.ts';

const tool = [{ name: 'cdx:npm:package:development', value: 'true' }];
const component = (name: string, properties: { name: string; value: string }[] = []) => ({
  'bom-ref': `${name}@1.0.0`,
  ...{ name, version: '1.0.0', properties },
});
const BILL: Bill = {
  metadata: { component: { name: 'folder' } },
  components: [
    component('installed'),
    component('@scope/bundled', tool),
    component('tool', tool),
    { ...component('@scope/bundled', tool), 'bom-ref': '@scope/bundled@2.0.0', version: '2.0.0' },
  ],
  dependencies: [
    {
      ref: 'omi-backend@0.2.0',
      dependsOn: ['installed@1.0.0', '@scope/bundled@1.0.0', 'tool@1.0.0'],
    },
    { ref: 'installed@1.0.0', dependsOn: [] },
    { ref: '@scope/bundled@1.0.0', dependsOn: ['tool@1.0.0'] },
    { ref: 'tool@1.0.0' },
  ],
};

it('lists what is installed and what is bundled, and no tools', () => {
  const licences = 'Packages\n\n@scope/bundled 1.0.0 (MIT)\nhttps://example.com\n\ntext\n';
  const bill = shippedBill(BILL, 'omi-backend', [licences], () => undefined);
  expect(bill.metadata.component.name).toBe('omi-backend');
  expect(bill.components.map((one) => one['bom-ref'])).toEqual([
    'installed@1.0.0',
    '@scope/bundled@1.0.0',
  ]);
  expect(bill.components.every(({ properties }) => properties?.length === 0)).toBe(true);
  expect(bill.dependencies).toEqual([
    { ref: 'omi-backend@0.2.0', dependsOn: ['installed@1.0.0', '@scope/bundled@1.0.0'] },
    { ref: 'installed@1.0.0', dependsOn: [] },
    { ref: '@scope/bundled@1.0.0', dependsOn: [] },
  ]);
});

it('names a licence that npm has left out', () => {
  const components = [
    component('no-spdx'),
    { ...component('listed'), licenses: [{ license: { id: 'MIT' } }] },
    component('nowhere'),
  ];
  const manifests: Record<string, string> = { 'no-spdx': 'MIT OR Apache', listed: 'ISC' };
  const bill = shippedBill({ ...BILL, components }, 'omi-backend', [], (name) => manifests[name]);
  expect(bill.components.map(({ licenses }) => licenses?.[0]?.license)).toEqual([
    { name: 'MIT OR Apache' },
    { id: 'MIT' },
    undefined,
  ]);
});
