// Reading the code of a card with the camera: an extra beside the text field, which works alone.
"use strict";

(() => {
  const booth = document.querySelector("[data-scan]");
  if (!booth || !navigator.mediaDevices || !("BarcodeDetector" in window)) return;
  const field = document.getElementById(booth.dataset.scan);
  const [open, stop, video, told] = ["open", "stop", "video", "told"].map((part) => booth.querySelector(`[data-part=${part}]`));
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  let stream = null;
  booth.hidden = false;

  const close = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = stop.hidden = true;
    open.hidden = false;
    told.textContent = "";
  };

  const look = async () => {
    if (!stream) return;
    const found = await detector.detect(video).catch(() => []);
    if (found.length) {
      field.value = found[0].rawValue;
      close();
      field.form.requestSubmit();
      return;
    }
    setTimeout(look, 200);
  };

  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      told.textContent = booth.dataset.refused;
      return;
    }
    told.textContent = booth.dataset.looking;
    video.srcObject = stream;
    await video.play();
    video.hidden = stop.hidden = false;
    open.hidden = true;
    look();
  });

  stop.addEventListener("click", close);
  window.addEventListener("pagehide", close);
})();
