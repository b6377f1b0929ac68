// The classes of components/button.py and field.py, for what is drawn in the browser.
const SHAPE =
  "inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-50 disabled:pointer-events-none ";
const MD = "h-9 px-3.5 text-base max-md:min-h-11 ";
const SM = "h-8 px-2.5 text-sm max-md:min-h-11 ";
const PLAINLY = "bg-surface text-ink border border-line-strong hover:bg-sunken shadow-card ";
export const PRIMARY = SHAPE + MD + "bg-accent text-on-accent hover:bg-accent-strong shadow-card ";
export const PLAIN = SHAPE + MD + PLAINLY;
export const SMALL = SHAPE + SM + PLAINLY;
export const QUIET = SHAPE + SM + "text-muted hover:text-ink hover:bg-sunken ";
export const CARD = "rounded-lg border border-line bg-surface shadow-card ";
export const INPUT =
  "w-full rounded-md border border-control bg-surface text-ink placeholder:text-faint px-3 text-base h-9 max-md:h-11 focus:border-accent-ink ";
export const TITLE = "text-sm font-semibold m-0 ";
export const ITEM =
  "flex items-center gap-2.5 w-full rounded-sm px-2.5 h-9 max-md:h-11 text-base text-ink text-left hover:bg-sunken whitespace-nowrap ";

const STRIP = "flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border px-3 py-2 text-base ";
export const NOTE = STRIP + "bg-accent-soft text-ink border-line";
export const WARNING = STRIP + "bg-warning-soft text-warning border-warning-line";
export const DANGER = STRIP + "bg-danger-soft text-danger border-danger-line";
