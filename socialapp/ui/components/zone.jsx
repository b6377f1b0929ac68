import { useEffect, useState } from "react";

export function ZoneSelect({ id, name, value, guess, none, hintId, onChange, className }) {
  const [zones, setZones] = useState([]);
  const [chosen, setChosen] = useState(value);
  useEffect(() => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    const known = Intl.supportedValuesOf?.("timeZone") ?? [];
    setZones([...new Set(["UTC", here, ...known, value].filter(Boolean))].sort());
    setChosen(value || (none ? "" : guess ? here : "UTC"));
  }, [value]);
  return (
    <select
      id={id}
      name={name}
      value={chosen}
      onChange={(event) => {
        setChosen(event.target.value);
        onChange?.(event.target.value);
      }}
      aria-describedby={hintId || undefined}
      className={className}
    >
      {none && <option value="">{none}</option>}
      {zones.map((zone) => (
        <option key={zone} value={zone}>{zone.replaceAll("_", " ")}</option>
      ))}
    </select>
  );
}
