import { useContext, useEffect, useState } from "react";
import { ColorModeContext } from "$/utils/context-registry";

const SIGNS = {
  light: <path d="M8 4.8a3.2 3.2 0 100 6.4 3.2 3.2 0 000-6.4zM8 .8v1.6M8 13.6v1.6M.8 8h1.6M13.6 8h1.6M2.9 2.9l1.1 1.1M12 12l1.1 1.1M13.1 2.9L12 4M4 12l-1.1 1.1" />,
  dark: <path d="M13.6 9.7A6 6 0 016.3 2.4a6 6 0 107.3 7.3z" />,
  system: <path d="M2.2 2.8h11.6v7.8H2.2zM5.6 13.4h4.8M8 10.6v2.8" />,
};
const NAMES = { light: "Light theme", dark: "Dark theme", system: "Theme of the system" };

const Sign = ({ children }) => (
  <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
    {children}
  </svg>
);

export function ThemeChoice({ className }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return (
    <div className={className} role="group" aria-label="Theme">
      {Object.keys(SIGNS).map((mode) => {
        const isOn = ready && rawColorMode === mode;
        return (
          <button
            key={mode}
            type="button"
            aria-label={NAMES[mode]}
            title={NAMES[mode]}
            aria-pressed={isOn}
            onClick={() => setColorMode(mode)}
            className={`inline-flex items-center justify-center h-7 max-md:h-11 grow min-w-8 rounded-sm ${isOn ? "bg-surface text-ink shadow-card" : "text-muted hover:text-ink"}`}
          >
            <Sign>{SIGNS[mode]}</Sign>
          </button>
        );
      })}
    </div>
  );
}

export function SidebarButton({ className }) {
  const [isSmall, setSmall] = useState(false);
  useEffect(() => setSmall(document.documentElement.dataset.sidebar === "small"), []);
  const turn = () => {
    const now = isSmall ? "wide" : "small";
    document.documentElement.dataset.sidebar = now;
    try {
      localStorage.setItem("sidebar", now);
    } catch {
      // Private windows of some browsers keep nothing; it works until the tab is closed.
    }
    setSmall(!isSmall);
  };
  const label = isSmall ? "Widen the sidebar" : "Narrow the sidebar";
  return (
    <button type="button" onClick={turn} aria-label={label} title={label} aria-expanded={!isSmall} className={className}>
      <Sign><path d="M2.2 2.8h11.6v10.4H2.2zM6.2 2.8v10.4" /></Sign>
    </button>
  );
}

// A path of this app becomes the address under which this browser knows it.
const whole = (text) => (text.startsWith("/") ? window.location.origin + text : text);

export function OwnAddress({ path, className }) {
  const [shown, setShown] = useState(path);
  useEffect(() => setShown(path && whole(path)), [path]);
  return (
    <code data-copy="" tabIndex={0} className={className}>
      {shown}
    </code>
  );
}

export function CopyButton({ text, className }) {
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(whole(text));
      setSaid("Copied");
    } catch {
      // Without https the clipboard is closed to pages: select it, so that a keystroke copies.
      const field = document.createRange();
      const shown = document.querySelector("[data-copy]");
      if (shown) {
        field.selectNodeContents(shown);
        getSelection().removeAllRanges();
        getSelection().addRange(field);
      }
      setSaid("Press Ctrl+C");
    }
    setTimeout(() => setSaid("Copy"), 2500);
  };
  return (
    <button type="button" onClick={copy} className={className}>
      <span role="status">{said}</span>
    </button>
  );
}

export function SignOut({ className }) {
  const leave = async () => {
    try {
      await fetch("/api/session", { method: "DELETE", headers: { "Content-Type": "application/json" } });
    } finally {
      window.location.assign("/sign-in/");
    }
  };
  return (
    <button type="button" onClick={leave} className={className}>
      <Sign><path d="M6.4 2.4H2.8v11.2h3.6M10.4 11.2L13.6 8l-3.2-3.2M13.6 8H6" /></Sign>
      Sign out
    </button>
  );
}

// A full load follows: the socket is in the rooms of the workspace that was left.
export function WorkspaceSwitch({ workspace, className, children }) {
  const go = async () => {
    const answer = await fetch("/api/session/workspace", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ workspace_id: Number(workspace) }),
    }).catch(() => null);
    window.location.assign(answer?.ok ? "/" : window.location.href);
  };
  return (
    <button type="button" onClick={go} className={className}>
      {children}
    </button>
  );
}
