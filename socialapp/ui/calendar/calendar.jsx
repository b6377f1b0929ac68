import { lazy, Suspense, useEffect, useState } from "react";

const EMPTY = <div className="h-[36rem] rounded-lg bg-sunken animate-[shimmer_1.4s_ease-in-out_infinite]" aria-busy="true" />;
const Gone = () => <p role="alert">The calendar could not be loaded. Reload the page.</p>;

// The views are fetched when somebody looks at them; other pages do not carry them.
const Grid = lazy(() => import("./grid.jsx").catch(() => ({ default: Gone })));

export function Calendar(props) {
  const [isHere, setHere] = useState(false);
  useEffect(() => setHere(true), []);
  return <Suspense fallback={EMPTY}>{isHere ? <Grid {...props} /> : EMPTY}</Suspense>;
}
