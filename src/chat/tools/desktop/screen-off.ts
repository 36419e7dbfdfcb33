/** What the model is told if the user does not let screen activity be stored. */
export const SCREEN_OFF =
  'Screen activity is not stored for this user. It can be switched on in the settings of the server.';
