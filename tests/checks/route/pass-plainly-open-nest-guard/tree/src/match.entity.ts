export class Match {
  id: string;
}
