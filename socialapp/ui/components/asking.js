import { useEffect, useRef, useState } from "react";

// Asks the API something that takes seconds: a handler of the page would hold all others up. An error's message is a
// sentence for people, which ends with `nothing`; "" when whoever asked has stopped it.
async function asked(address, body, nothing, signal) {
  try {
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
    const said = await answer.json().catch((error) => {
      if (error.name === "AbortError") throw error;
      return null; // A proxy's page, or one that was cut off.
    });
    if (answer.ok && said) return said;
    throw new Error(said?.errors?.[0]?.message ?? said?.detail ?? `No answer came (${answer.status}). ${nothing} Try again.`);
  } catch (error) {
    if (error.name === "AbortError") throw new Error("");
    throw error instanceof TypeError ? new Error(`The server cannot be reached. ${nothing} Try again.`) : error;
  }
}

// One request at a time, which can be stopped; what is asked anew stops the one before. `told` is what went wrong, and
// `ask` then returns null.
export function useAsked(nothing) {
  const [isBusy, setBusy] = useState(false);
  const [told, setTold] = useState("");
  const line = useRef(null);
  const stop = () => line.current?.abort();
  useEffect(() => stop, []);
  const ask = async (address, body = {}) => {
    stop();
    const mine = new AbortController();
    line.current = mine;
    setBusy(true);
    setTold("");
    try {
      return await asked(address, body, nothing, mine.signal);
    } catch (error) {
      if (line.current === mine) setTold(error.message);
      return null;
    } finally {
      if (line.current === mine) setBusy(false);
    }
  };
  return { isBusy, told, setTold, ask, stop };
}
