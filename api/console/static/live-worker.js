// The shared worker: the one watcher of all tabs.

import { Watcher } from "./watcher.js";

const GONE_AFTER = 200_000; // Tabs in the background may speak once a minute only.
const watcher = new Watcher();
const tabs = new Map(); // A tab's port, to when it was heard last and what it shows.

self.onconnect = ({ ports: [port] }) => {
  const tab = { heard: Date.now(), shown: null };
  tabs.set(port, tab);
  port.onmessage = ({ data }) => {
    tab.heard = Date.now();
    if (data.kind === "show") {
      tab.shown?.leave();
      tab.shown = watcher.show(data, (message) => port.postMessage(message));
    } else if (data.kind === "see") tab.shown?.see(data.visible);
    else if (data.kind === "want") tab.shown?.want(data.position);
    else if (data.kind === "leave") leave(port);
  };
};

// A tab that crashed says nothing; nor does one that slept, as the whole machine may have: that one
// hears that it was dropped, and comes back.
setInterval(() => {
  for (const [port, tab] of tabs) if (Date.now() - tab.heard > GONE_AFTER) drop(port);
}, 30_000);

function drop(port) {
  port.postMessage({ kind: "dropped" });
  leave(port);
}

function leave(port) {
  tabs.get(port)?.shown?.leave();
  tabs.delete(port);
  port.close();
}
