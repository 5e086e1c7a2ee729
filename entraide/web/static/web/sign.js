// Signing on the screen: an extra beside the picture of a signed receipt, which works alone.
"use strict";

(() => {
  const pad = document.querySelector("[data-sign]");
  if (!pad) return;
  const canvas = pad.querySelector("canvas");
  const field = document.getElementById(pad.dataset.sign);
  const pen = canvas.getContext("2d");
  let drawing = false;
  let drawn = false;
  pad.hidden = false;

  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#000";
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    drawn = false;
    field.value = "";
  };

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawing = drawn = true;
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  const lift = () => {
    drawing = false;
    if (drawn) field.value = canvas.toDataURL("image/png");
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  pad.querySelector("[data-part=clear]").addEventListener("click", clear);
  clear();
})();
