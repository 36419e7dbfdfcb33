import { Command } from 'commander';
import { CLIENT_CALLS } from '../test/clients/all-calls.ts';
import { askCalls } from '../test/clients/ask-calls.ts';
import { totalsOf, totalsTable } from '../test/clients/client-totals.ts';
import { startClientServer } from '../test/clients/start-client-server.ts';

new Command('npm run measure:clients --')
  .description(
    "Asks a server of its own for every call that Omi's clients make, and prints how many are answered as each client needs. Lists every answer that a client cannot use, and every refusal.",
  )
  .parse();
const started = await startClientServer();
try {
  const verdicts = await askCalls(started, CLIENT_CALLS);
  console.log(`All ${verdicts.length} calls, answered as the client needs / made\n`);
  console.log(totalsTable(totalsOf(verdicts)));
  console.log("\nWithout those that Omi's own server of May refuses\n");
  console.log(totalsTable(totalsOf(verdicts, { withoutOmiFails: true })));
  const faults = verdicts.filter(({ fault }) => fault !== null);
  if (faults.length > 0) console.log('\nNot as the client needs\n');
  for (const { call, fault } of faults) console.log(`- ${call.call} (${call.by}): ${fault}`);
  const refusals = verdicts.filter(({ status, fault }) => fault === null && status >= 400);
  console.log(`\n${refusals.length} refusals that the clients go on from\n`);
  for (const { call, status } of refusals) console.log(`- ${call.call} (${call.by}): ${status}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await started.stop();
}
