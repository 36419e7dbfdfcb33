/** The parts of a bill of materials (CycloneDX) that are read or changed here. */
export interface Bill {
  metadata: { component: { name: string } };
  components: BillComponent[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

interface BillComponent {
  'bom-ref': string;
  name: string;
  version: string;
  properties?: { name: string; value: string }[];
  licenses?: { license: { id?: string; name?: string } }[];
}

const DEVELOPMENT = 'cdx:npm:package:development';
/** How a list of licences names a package: `name version (licence)`. */
const BUNDLED_PACKAGE = /^(\S+) (\d\S*) \(.+\)$/gm;

/**
 * Returns the bill with what users get: the packages that are installed, and those that are in the bundles, which
 * npm takes for tools of development. Tools that are in no bundle are left out.
 *
 * @param bill what `npm sbom` has written for the whole repository
 * @param name of the package; npm takes the name of the folder
 * @param licenceLists texts of the files `THIRD-PARTY.txt`
 * @param licenceOf the licence that the manifest of a package names; npm leaves out what is no SPDX expression
 */
export function shippedBill(
  bill: Bill,
  name: string,
  licenceLists: readonly string[],
  licenceOf: (name: string) => string | undefined,
): Bill {
  const bundled = new Set(
    licenceLists.flatMap((text) =>
      [...text.matchAll(BUNDLED_PACKAGE)].map(([, found, version]) => `${found}@${version}`),
    ),
  );
  const components = bill.components
    .filter((one) => !isTool(one) || bundled.has(`${one.name}@${one.version}`))
    .map((one) => ({ ...one, properties: (one.properties ?? []).filter(isNoMark) }))
    .map((one) => (one.licenses?.length ? one : withLicence(one, licenceOf(one.name))));
  const { component } = bill.metadata;
  const kept = new Set(components.map((one) => one['bom-ref']));
  const root = bill.dependencies.find(
    ({ ref }) => !bill.components.some((c) => c['bom-ref'] === ref),
  );
  if (root) kept.add(root.ref);
  return {
    ...bill,
    metadata: { ...bill.metadata, component: { ...component, name } },
    components,
    dependencies: bill.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map((one) => ({ ...one, dependsOn: (one.dependsOn ?? []).filter((ref) => kept.has(ref)) })),
  };
}

function withLicence(component: BillComponent, name: string | undefined): BillComponent {
  return name === undefined ? component : { ...component, licenses: [{ license: { name } }] };
}

function isTool({ properties = [] }: BillComponent): boolean {
  return !properties.every(isNoMark);
}

function isNoMark(property: { name: string }): boolean {
  return property.name !== DEVELOPMENT;
}
