import { useEffect } from "react";

const dayOf = (at, zone) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(at);
const clockOf = (at, zone) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);

// What stands beside a time: the same instant on somebody's own wall, and whether that is another day there.
function spoken(at, zone, theirs) {
  const [here, there] = [dayOf(at, zone), dayOf(at, theirs)];
  const day = here > there ? " next day" : here < there ? " the day before" : "";
  return `${clockOf(at, zone)}${day} yours`;
}

// Writes a person's own time beside every time of the page, also those that come later; the page's own words stay.
export function OwnTimes({ zone, workspaceZone }) {
  useEffect(() => {
    if (!zone || !workspaceZone || zone === workspaceZone) return;
    const mark = (element) => {
      const at = new Date(element.dateTime);
      if (element.dateTime.includes("T") && !Number.isNaN(at.getTime())) element.dataset.own = spoken(at, zone, workspaceZone);
    };
    const all = (root) => root.querySelectorAll("time[datetime]").forEach(mark);
    const observer = new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === "attributes") mark(target);
        else
          for (const node of addedNodes) {
            if (node.nodeType !== Node.ELEMENT_NODE) continue;
            if (node.matches("time[datetime]")) mark(node);
            all(node);
          }
      }
    });
    try {
      all(document);
    } catch {
      return; // A zone that this browser does not know.
    }
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["datetime"] });
    return () => {
      observer.disconnect();
      document.querySelectorAll("time[data-own]").forEach((element) => delete element.dataset.own);
    };
  }, [zone, workspaceZone]);
  return null;
}
