import { useEffect, useRef, useState } from "react";

const AT_ONCE = 3;
let count = 0;

const megabytes = (bytes) => `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;

export function refusal(file, accept, maxBytes) {
  if (!file.size) return "The file is empty.";
  if (file.size > maxBytes) {
    return `It is ${megabytes(file.size)}; this server takes at most ${megabytes(maxBytes)}.`;
  }
  // The server looks at the bytes; this only spares the wait for what is surely refused.
  if (accept && file.type && !accept.split(",").includes(file.type)) {
    return "Only JPEG, PNG, WebP and GIF pictures and MP4, MOV and WebM videos can be posted.";
  }
  return "";
}

function send(file, to, { onProgress, onDone, onError }) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file, file.name);
  request.open("POST", to);
  request.responseType = "json";
  request.upload.onprogress = (event) =>
    event.lengthComputable && onProgress(Math.round((event.loaded / event.total) * 100));
  request.onload = () => {
    if (request.status === 201) return onDone(request.response);
    onError(request.response?.detail || `The server refused it (${request.status}).`);
  };
  request.onerror = () => onError("The connection broke. Nothing was kept; try it again.");
  request.send(form);
  return () => request.abort();
}

// Files that were dropped as text or as a picture of another page have no bytes: they are left out.
const filesOf = (transfer) => [...(transfer?.files ?? [])];
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

// The drop and the paste are heard on the whole page: nobody has to aim.
function useEverywhere(isOn, take, setOver) {
  useEffect(() => {
    if (!isOn) return undefined;
    let depth = 0;
    const heard = {
      dragenter: (event) => carriesFiles(event) && (depth++, setOver(true)),
      dragover: (event) => carriesFiles(event) && event.preventDefault(),
      dragleave: (event) => carriesFiles(event) && --depth <= 0 && ((depth = 0), setOver(false)),
      drop: (event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        take.current(filesOf(event.dataTransfer));
      },
      paste: (event) => {
        const files = filesOf(event.clipboardData);
        if (!files.length) return;
        event.preventDefault();
        take.current(files);
      },
    };
    const all = Object.entries(heard);
    all.forEach(([name, hear]) => document.addEventListener(name, hear));
    return () => all.forEach(([name, hear]) => document.removeEventListener(name, hear));
  }, [isOn]);
}

// `accept` are the types that may be sent `to` an address; without it only the server decides. `place` says for what those
// files are that nobody aimed; onDone is told.
export function useUploads({ accept, maxBytes, onDone, place, isOn = true, to = "/api/media" }) {
  const [items, setItems] = useState([]);
  const [isOver, setOver] = useState(false);
  const [said, setSaid] = useState("");
  const [total, setTotal] = useState(0); // since there was nothing to upload the last time
  const aborts = useRef(new Map());
  const done = useRef(onDone);
  done.current = onDone;
  const change = (id, news) =>
    setItems((all) => all.map((item) => (item.id === id ? { ...item, ...news } : item)));
  const remove = (id) => {
    aborts.current.get(id)?.();
    aborts.current.delete(id);
    setItems((all) => all.filter((item) => item.id !== id));
  };
  const stop = () => {
    aborts.current.forEach((abort) => abort());
    aborts.current.clear();
    setSaid("The uploads were stopped.");
    setItems([]);
  };
  const fail = (item, why) => {
    aborts.current.delete(item.id);
    change(item.id, { is: "failed", why });
    setSaid(`${item.name} was not uploaded. ${why}`);
  };
  const start = (item) =>
    send(item.file, to, {
      onProgress: (percent) => change(item.id, { percent }),
      onDone: (asset) => {
        remove(item.id);
        setSaid(`${item.name} is uploaded.`);
        done.current?.(asset, item.id, item.where);
      },
      onError: (why) => fail(item, why),
    });
  useEffect(() => {
    const free = AT_ONCE - items.filter((item) => item.is === "sending").length;
    items
      .filter((item) => item.is === "waiting")
      .slice(0, Math.max(0, free))
      .forEach((item) => {
        change(item.id, { is: "sending" });
        aborts.current.set(item.id, start(item));
      });
  }, [items]);
  useEffect(() => () => aborts.current.forEach((abort) => abort()), []);
  const take = useRef(null);
  take.current = (files, where = place?.()) => {
    const added = [...files].map((file) => {
      const why = refusal(file, accept, maxBytes);
      return { id: ++count, file, where, name: file.name || "A file", percent: 0, is: why ? "failed" : "waiting", why };
    });
    setTotal((known) => (items.length ? known : 0) + added.length);
    setItems((all) => [...all, ...added]);
    const refused = added.filter((item) => item.why);
    setSaid(refused.map((item) => `${item.name}: ${item.why}`).join(" ") || `${added.length} uploading`);
  };
  useEverywhere(isOn, take, setOver);
  return {
    items,
    total,
    isOver,
    said,
    take: (files, where) => take.current(files, where),
    remove,
    stop,
    again: (id) => change(id, { is: "waiting", percent: 0, why: "" }),
  };
}

// Small files overtake large ones on their way: they stand in the order in which they were chosen.
export function placed(assets, asset) {
  const at = assets.findIndex((a) => a.turn > asset.turn);
  return at < 0 ? [...assets, asset] : [...assets.slice(0, at), asset, ...assets.slice(at)];
}
