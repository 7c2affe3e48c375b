const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** True for a day of the calendar, written like `2026-11-21`. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  // February 30 is read as a day in March, or not at all.
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The day of a date and time like `2026-11-21T10:00:00Z`; empty for anything else. */
export function dayOf(dateTime: string): string {
  const [day = "", time] = dateTime.split("T");
  return time !== undefined && isDay(day) ? day : "";
}
