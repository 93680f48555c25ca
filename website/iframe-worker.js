/* A browser starts no worker for a page that was opened from the disk. There the search runs in a hidden frame instead,
   which is given what a worker has: messages in, messages out. */
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inner = frame.contentWindow;
      inner.document.open();
      inner.document.write("<!doctype html><title>search</title>");
      inner.document.close();
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      inner.importScripts = (...names) =>
        names.reduce((before, name) => before.then(() => load(inner.document, name)), Promise.resolve());
      this.inner = inner;
      this.ready = load(inner.document, String(url));
    }

    postMessage(data) {
      this.ready.then(() => this.inner.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.inner.frameElement.remove();
    }
  };
}

/* Load a script into a document; the promise holds once it has run. */
function load(page, url) {
  return new Promise((resolve, reject) => {
    const script = page.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    page.head.append(script);
  });
}
