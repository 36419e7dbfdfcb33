/**
 * Runs the simulator alone, for trying the product by hand:
 *   npx tsx test/simulators/openai-simulator-main.ts [fault] [port]
 */
import { OPENAI_FAULTS, type OpenAiFault, OpenAiSimulator } from './openai-simulator.ts';

const [wanted = 'none', port = '0'] = process.argv.slice(2);
if (!(OPENAI_FAULTS as readonly string[]).includes(wanted)) {
  process.stderr.write(`Unknown fault ${wanted}. One of: ${OPENAI_FAULTS.join(', ')}\n`);
  process.exit(2);
}
const simulator = await OpenAiSimulator.start({
  fault: wanted as OpenAiFault,
  port: Number(port),
});
process.stdout.write(`OPENAI_BASE_URL=${simulator.baseUrl}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    simulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
