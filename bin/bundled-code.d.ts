export function asScript(path: string, text: string): Promise<string>;
