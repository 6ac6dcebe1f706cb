// --- Drawing --------------------------------------------------------------------------------------

const HEIGHT = 170, LEFT = 30, TOP = 14, BOTTOM = 152, NARROWEST = 240;

/** Per-second limit of a rate, or null. */
function perSecond(rate) {
  if (!rate) return null;
  const units = { ms: 0.001, s: 1, m: 60, h: 3600 };
  let window = 0;
  for (const [, amount, unit] of rate.window.matchAll(/([0-9.]+)\s*(ms|s|m|h)/g)) window += amount * units[unit];
  return window ? rate.requests / window : null;
}

function ceiling(value) {
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((top) => top >= value);
}

/** As wide as it is shown, so that its text keeps its size. */
function width(category) {
  const { paddingLeft, paddingRight } = getComputedStyle(byId(category));
  return Math.max(NARROWEST, byId(category).clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight));
}

function chart(category) {
  const WIDTH = width(category);
  const now = Math.floor(known.now / 1000);
  const limit = perSecond(known.limits[category].rate);
  const bars = Array.from({ length: SECONDS }, (_, age) => known.seconds.get(`${category} ${now - age}`));
  const highest = Math.max(...bars.map((bar) => (bar ? VERDICTS.reduce((sum, verdict) => sum + bar[verdict], 0) : 0)));
  const top = ceiling(Math.max(4, highest, (limit ?? 0) * 1.15));
  const y = (value) => BOTTOM - (value / top) * (BOTTOM - TOP);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    "aria-label": `${CATEGORIES[category]} of the last ${SECONDS} seconds` });
  for (const value of [0, top / 2, top]) {
    svg.append(drawn("line", { class: "grid-line", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
      drawn("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, value));
  }
  const step = (WIDTH - LEFT) / SECONDS;
  bars.forEach((bar, age) => {
    let base = 0;
    for (const verdict of VERDICTS) {
      const count = bar?.[verdict] ?? 0;
      if (!count) continue;
      svg.append(drawn("rect", { class: verdict, x: WIDTH - (age + 1) * step + 1, width: step - 2,
        y: y(base + count), height: y(base) - y(base + count) }));
      base += count;
    }
  });
  if (limit !== null) {
    svg.append(drawn("line", { class: "limit", x1: LEFT, x2: WIDTH, y1: y(limit), y2: y(limit) }),
      drawn("text", { class: "limit-name", x: LEFT + 4, y: y(limit) - 4 }, `limit ${+limit.toFixed(2)}/s`));
  }
  svg.append(drawn("text", { x: LEFT, y: HEIGHT - 4 }, `${SECONDS} s ago`),
    drawn("text", { x: WIDTH, y: HEIGHT - 4, "text-anchor": "end" }, "now"));
  return svg;
}

function slots(category) {
  const used = known.tally[category].in_use, most = known.limits[category].concurrent;
  const row = element("div", "slots");
  for (let index = 0; most && index < Math.min(most, 20); index += 1) {
    row.append(element("span", index < used ? "slot used" : "slot"));
  }
  const { waiting, peak_in_use } = known.tally[category];
  const peak = `${waiting ? `${waiting} waiting, ` : ""}at most ${peak_in_use} so far`;
  const { requests } = known.tally.left[category];
  const left = requests === null ? "" : `, ${requests} left of the rate`;
  row.append(element("span", "", `${used}${most ? ` of ${most}` : ""} in use, ${peak}${left}`));
  return row;
}

function panel(category) {
  const tally = known.tally[category];
  const by = ["rate", "concurrency", "penalty"].map((limiter) => [limiter, tally[`refused_${limiter}`]]);
  const refused = by.reduce((sum, [, count]) => sum + count, 0);
  const named = by.filter(([limiter, count]) => count || limiter !== "penalty");
  const why = `${refused} refused (${named.map(([limiter, count]) => `${count} by ${limiter}`).join(", ")})`;
  const keys = element("figcaption", "", undefined,
    element("span", "key k-admitted", `${tally.admitted} admitted`),
    element("span", "key k-refused", why),
    element("span", "key k-rejected", `${tally.rejected} rejected`),
    element("span", "key k-faulted", `${tally.faulted} faulted`),
    element("span", "key k-unreadable", `${tally.unreadable} unreadable`));
  byId(category).replaceChildren(
    element("h2", "", CATEGORIES[category]), slots(category),
    element("figure", "", undefined, chart(category), keys));
}

const took = ({ at_ms, outcome }) => {
  if (outcome.ended_at_ms === null) return "…";
  return `${(outcome.ended_at_ms - at_ms).toFixed(outcome.ended_at_ms - at_ms < 10 ? 1 : 0)} ms`;
};

/** What the limits still allowed after the decision. */
function left({ left }) {
  const parts = left ? [["rate", left.requests], ["slots", left.slots]] : [];
  const told = parts.filter(([, count]) => count !== null).map(([name, count]) => `${name} ${count}`);
  return told.length ? `left: ${told.join(", ")}` : "";
}

function row(entry) {
  const { outcome } = entry;
  const gone = outcome.client_gone ? "client gone" : "";
  const pairs = [...new URLSearchParams(entry.query)].map((pair) => pair.join("="));
  const query = pairs.map((pair, index) => element("span", "", `${index ? "&" : "?"}${pair}`));
  const client = element("td", "who", entry.session ?? entry.user_agent ?? `connection ${entry.connection}`);
  client.title = `connection ${entry.connection}${entry.user_agent ? `, ${entry.user_agent}` : ""}`;
  return element("tr", "", undefined,
    element("td", "number", entry.seq),
    element("td", "", new Date(entry.time).toISOString().slice(11, 23)),
    element("td", `verdict v-${outcome.verdict}`, outcome.verdict ?? "…"),
    element("td", "number", outcome.status ?? ""),
    element("td", "what", undefined, element("span", "", `${entry.method} ${entry.path || "/"}`), ...query),
    element("td", "why", [outcome.limiter, outcome.reason, gone, left(outcome)].filter(Boolean).join(", ")),
    client,
    element("td", "number", took(entry)));
}

function drawRows() {
  const rows = [...known.rows.values()].sort((a, b) => b.seq - a.seq);
  const none = element("tr", "", undefined, element("td", "soft", "nothing was asked yet"));
  none.firstChild.colSpan = 8;
  byId("recent").replaceChildren(...(rows.length ? rows.map(row) : [none]));
}

/** When a fault strikes, in words. */
function when({ from_ms, until_ms, used_up }) {
  const seconds = (to) => `${Math.ceil((to - known.now) / 1000)} s`;
  if (used_up) return "used up";
  if (known.now < from_ms) return `begins in ${seconds(from_ms)}`;
  if (until_ms === null) return "active";
  return known.now < until_ms ? `active for ${seconds(until_ms)} more` : "over";
}

/** Made anew only when something has changed, so that a button keeps the focus. */
function drawFaults() {
  const told = known.faults.map((fault) => [fault.name, `${fault.effect}: ${when(fault)}`,
    `${fault.struck} of ${fault.seen} struck`]);
  const shown = JSON.stringify(told);
  const list = byId("faults");
  if (list.dataset.shown === shown) return;
  const focused = document.activeElement?.dataset?.fault;
  list.dataset.shown = shown;
  const items = told.map(([name, state, struck]) => {
    const remove = element("button", "", "Remove");
    Object.assign(remove, { type: "button", ariaLabel: `Remove ${name}` });
    remove.dataset.fault = name;
    const path = `faults/${encodeURIComponent(name)}`;
    remove.addEventListener("click", () => change(path, "DELETE", null, `${name} is removed.`, sayOfFaults));
    return element("li", "", undefined, element("strong", "", name), element("span", "", state),
      element("span", "soft", struck), remove);
  });
  list.replaceChildren(...(items.length ? items : [element("li", "soft", "none is planned")]));
  list.querySelectorAll("button").forEach((button) => { if (button.dataset.fault === focused) button.focus(); });
}

/** Made anew only when something has changed, so that a text that is being selected stays so. */
function fillList(id, items, none, item) {
  const shown = JSON.stringify(items);
  const list = byId(id);
  if (list.dataset.shown === shown) return;
  list.dataset.shown = shown;
  list.replaceChildren(...(items.length ? items.map(item) : [element("li", "soft", none)]));
}

/** Each cmdlet with the statuses of its answers. */
function byCommand(commands) {
  const told = new Map();
  for (const { command, status, count } of commands) {
    const name = command ?? "without a cmdlet";
    told.set(name, [...(told.get(name) ?? []), `${count} × ${status ?? "no answer"}`]);
  }
  return [...told];
}

/** What Resource Manager was asked for: by cmdlet, and what it does not serve. */
function drawStub() {
  fillList("commands", byCommand(known.stub.commands), "no request yet", ([name, counts]) =>
    element("li", "", undefined, element("strong", "", name), element("span", "", counts.join(", "))));
  fillList("unmatched", known.stub.unmatched, "all that was asked for is served", (one) =>
    element("li", "", undefined,
      element("strong", "", `${one.method} ${one.path}`),
      element("span", "", `${one.count} ×${one.command ? `, ${one.command}` : ""}`),
      element("pre", "", one.answer)));
}

/** The settings that the form has no fields for. */
function terms() {
  const { check_first, charge_refused, rate_before_header, queue, abandoned } = known.limits;
  return [
    ...(queue ? [`rate checked at the ${queue.rate_checked}`] : []),
    `${check_first} checked first`,
    charge_refused ? "refused requests are charged" : "refused requests are not charged",
    ...(rate_before_header ? ["rate checked before the Metadata header"] : []),
    abandoned === "hold" ? "who goes away keeps its slot" : "who goes away frees its slot",
  ].join(" · ");
}

function draw() {
  Object.keys(CATEGORIES).forEach(panel);
  byId("terms").textContent = terms();
  drawFaults();
  drawStub();
  drawRows();
  fill();
}
