/** How requests name this action: https://www.rfc-editor.org/rfc/rfc9110#name-user-agent. */
export const USER_AGENT = "registry-pull/1.0.0-rc.1";
