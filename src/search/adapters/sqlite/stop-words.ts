/**
 * Words too common to decide what a query means, in the languages spoken most; without diacritics.
 * A query of nothing else is searched as it stands.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    // English, with the tails that an apostrophe leaves behind
    'a about all am an and any are as at be been but by can could did do does doing don for from',
    'get got had has have he her him his how i if in into is it its just ll m me my no not of on or',
    'our out re s say said she should so some t than that the their them then there these they this',
    'those to too up us ve was we were what when where which who whom whose why will with would you',
    'your d',
    // German
    'aber als am an auch auf aus bei bin bis das dass dem den der des die du ein eine einem einen',
    'einer er es fur habe haben hat ich ihr im in ist ja mit nach nicht noch nur oder sich sie sind',
    'und uns von war was wenn wer wie wir zu zum zur',
    // French
    'au aux avec c ce ces cette dans de des du elle en est et il ils je l la le les leur lui ma mais',
    'me mes mon n ne nous on ou par pas pour qu que qui sa se ses son sont sur ta tu un une vous y',
    // Spanish, Portuguese, Italian
    'al com como con da das del di do dos e el ela ele em era es esta este gli ha il in io las lo los',
    'mas mi na nao nel no nos o os para per pero por que se si sin su suo um uma un una uno y yo',
    // Dutch
    'dat de een en er het hij ik is je maar met niet of om op te van voor we wij ze zijn',
  ]
    .join(' ')
    .split(' '),
);
