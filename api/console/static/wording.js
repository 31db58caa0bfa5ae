// Times as people say them: the same words as api/console/wording.py.

const IN_TWO = [
  [86400, 3600, "d", "h"],
  [3600, 60, "h", "min"],
  [60, 1, "min", "s"],
];

/** @param {number} seconds a time that goes on */
export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  for (const [large, small, name, smaller] of IN_TWO) {
    if (whole >= large) {
      const rest = Math.floor((whole % large) / small);
      return `${Math.floor(whole / large)} ${name}${rest ? ` ${rest} ${smaller}` : ""}`;
    }
  }
  return `${whole} s`;
}

/** @param {Date} moment in the reader's own time; the day only where it is another one */
export function clock(moment) {
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? time : `${moment.toLocaleDateString()} ${time}`;
}
