/**
 * Verbs that a commit subject may begin with. A verb that says what a change does is welcome here.
 */
const VERBS = new Set(
  `Accept Add Allow Announce Answer Apply Ask Assemble Assert Avoid Bind Bound Build Bump Bundle Cache Call
  Catch Change Check Choose Clean Close Collect Combine Compare Compute Configure Connect Convert Copy
  Correct Count Cover Create Cut Declare Decode Delete Deny Derive Describe Detect Disable Divide Document
  Download Draw Drop Enable Encode Encrypt End Enforce Ensure Escape Exclude Expand Explain Export Expose
  Extend Extract Fall Filter Find Fix Flush Follow Forbid Format Forward Generate Give Group Guard Handle
  Hide Hold Ignore Implement Import Include Index Initialise Inline Install Join Keep Kill Know Leave Let
  Lift Limit Link List Listen Load Lock Log Look Lower Make Map Mark Match Measure Mention Merge Migrate Mock
  Mount Move Name Narrow Normalise Note Notify Omit Open Order Paginate Parse Pass Pin Polish Poll Port
  Prefer Prepare Prevent Print Protect Provide Prune Publish Put Query Queue Raise Read Rebuild Recognise
  Record Reduce Refactor Refuse Regenerate Register Reject Release Reload Remember Remove Rename Render
  Reorder Repair Replace Report Require Rerun Reset Resolve Respect Restart Restore Restrict Resume Retry
  Return Reuse Revert Rewrite Rotate Round Route Run Sanitise Save Say Scan Schedule Search Send Separate
  Serve Set Share Shorten Show Shrink Sign Simplify Skip Sort Specify Speed Split Start State Stop Store
  Stream Strip Support Suppress Switch Sync Take Tell Test Tighten Time Track Translate Treat Trim Try Type
  Unify Unpin Update Upgrade Upload Use Validate Verify Wait Wake Warn Widen Wire Wrap Write`.split(
    /\s+/,
  ),
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
