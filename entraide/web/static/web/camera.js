// Taking a photo with the camera of the computer: an extra beside the file field, which works alone.
"use strict";

(() => {
  const booth = document.querySelector("[data-camera]");
  if (!booth || !navigator.mediaDevices || !window.DataTransfer) return;
  const file = document.getElementById(booth.dataset.camera);
  const [open, take, video, shown] = ["open", "take", "video", "shown"].map((part) => booth.querySelector(`[data-part=${part}]`));
  const told = booth.querySelector("[data-part=told]");
  let stream = null;
  booth.hidden = false;

  const close = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = take.hidden = true;
    open.hidden = false;
  };

  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: booth.dataset.facing, width: { ideal: 1280 } } });
    } catch {
      told.textContent = booth.dataset.refused;
      return;
    }
    told.textContent = "";
    video.srcObject = stream;
    await video.play();
    video.hidden = take.hidden = false;
    open.hidden = true;
    take.focus();
  });

  take.addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      file.files = chosen.files;
      file.dispatchEvent(new Event("change", { bubbles: true }));
      close();
    }, "image/jpeg", 0.92);
  });

  file.addEventListener("change", () => {
    if (shown.src) URL.revokeObjectURL(shown.src);
    shown.hidden = !file.files.length;
    if (file.files.length) shown.src = URL.createObjectURL(file.files[0]);
  });
  window.addEventListener("pagehide", close);
})();
