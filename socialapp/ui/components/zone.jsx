import { useEffect, useState } from "react";

// Browsers keep the names that CLDR began with; people and the tz database have moved on.
const NOW = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};
const named = (zone) => NOW[zone] ?? zone;

export function ZoneSelect({ id, name, value, guess, none, hintId, onChange, className }) {
  const [zones, setZones] = useState([]);
  const [chosen, setChosen] = useState(value);
  useEffect(() => {
    const here = named(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
    const known = (Intl.supportedValuesOf?.("timeZone") ?? []).map(named);
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
