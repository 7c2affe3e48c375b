/** A user name and password for a registry, or for the repositories below a path in it. */
export type Login = {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
};
