/**
 * Verbs that a commit subject may begin with. A verb that says what a change does is welcome here.
 */
const VERBS = new Set(
  `Add Allow Apply Ask Assemble Assert Avoid Bound Build Bump Cache Change Check Choose Clean
  Close Collect Combine Compare Compute Configure Connect Convert Copy Correct Count Cover
  Create Declare Decode Delete Deny Derive Describe Detect Disable Divide Document Download
  Enable Encode Encrypt Enforce Ensure Escape Exclude Expand Explain Export Expose Extend
  Extract Filter Find Fix Forbid Format Generate Group Guard Handle Hide Ignore Implement
  Import Include Index Initialise Inline Join Keep Kill Let Limit Link List Listen Load Lock
  Log Make Map Mark Match Measure Merge Migrate Move Name Narrow Normalise Notify Open Order
  Paginate Parse Polish Prepare Prevent Print Protect Provide Prune Publish Query Queue Read
  Rebuild Recognise Record Reduce Refactor Refuse Regenerate Register Reject Reload Remove
  Rename Render Reorder Repair Replace Report Require Rerun Reset Resolve Restart Restore
  Restrict Resume Retry Return Reuse Revert Rewrite Rotate Route Run Sanitise Save Schedule
  Search Send Separate Serve Set Share Shorten Show Sign Simplify Skip Sort Specify Split Start
  Stop Store Stream Strip Support Suppress Switch Sync Test Track Translate Trim Try Type Unify
  Update Upgrade Upload Use Validate Verify Warn Widen Wrap Write`.split(/\s+/),
);
/** Longer subjects are cut by most tools. */
const MAX_LENGTH = 100;

/** Returns what is wrong with a commit subject, null if nothing is. */
export function subjectProblem(subject: string): string | null {
  const [first = ''] = subject.split(' ');
  if (!VERBS.has(first)) return 'it does not begin with an imperative verb, as in "Fix lost words"';
  if (!subject.includes(' ')) return 'it says nothing after its verb';
  if (subject.endsWith('.')) return 'it ends with a full stop';
  if (subject.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  return null;
}
