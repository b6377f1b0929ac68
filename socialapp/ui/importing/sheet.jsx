import { useEffect, useRef } from "react";
import { Picker, UploadList, useUploads } from "$/public/external/socialapp/ui/components/uploader/uploader.jsx";

export function SheetDrop({ maxBytes, onDone, children, className }) {
  const uploads = useUploads({ maxBytes, onDone: (sheet) => onDone(sheet.id), to: "/api/imports" });
  return (
    <div className="flex flex-col gap-3">
      <div className="rounded-lg border-2 border-dashed border-line-strong bg-sunken px-4 py-10 flex flex-col items-center gap-3 text-center">
        <p className="m-0 font-medium">Drop a CSV file anywhere on this page</p>
        <Picker accept=".csv,.tsv,.txt,text/csv" take={(files) => uploads.take([...files].slice(0, 1))} className={className}>
          {children}
          Choose a file
        </Picker>
      </div>
      <UploadList uploads={uploads} />
    </div>
  );
}

// While a worker is at it the page asks how far it is; one question at a time.
export function Ticks({ isOn, onTick }) {
  const tell = useRef(onTick);
  tell.current = onTick;
  useEffect(() => {
    if (!isOn) return undefined;
    const tick = setInterval(() => document.hidden || tell.current(), 1000);
    return () => clearInterval(tick);
  }, [isOn]);
  return null;
}
