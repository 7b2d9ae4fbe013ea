// Names the required features that this browser lacks; without this message, the page would seem to
// load for ever. Written for browsers older than the page supports.
//
// It checks the newest of the required features, and WebAssembly, which a visitor may have disabled:
// a browser with popovers and light-dark() also has module workers, and everything else.
(function () {
  // A program of one function, which returns a vector.
  var VECTOR = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
  var NEEDED = {
    "SIMD in WebAssembly": function () { return WebAssembly.validate(new Uint8Array(VECTOR)); },
    "workers": function () { return typeof Worker === "function"; },
    "popovers": function () { return "popover" in HTMLElement.prototype; },
    "light-dark() in CSS": function () { return CSS.supports("color", "light-dark(red, red)"); },
  };

  var missing = [];
  for (var name in NEEDED) {
    if (!has(NEEDED[name])) missing.push(name);
  }
  if (missing.length) say("Likeness cannot run here: this browser lacks " + missing.join(" and ")
    + ", or has it switched off. Use Chrome or Edge from version 123 on, Firefox from 125 or Safari from 17.5.");

  function has(test) {
    try {
      return test();
    } catch (error) {
      return false;
    }
  }

  function say(sentence) {
    var waiting = document.querySelectorAll("#sketch .step-words");
    for (var place = 0; place < waiting.length; place++) waiting[place].textContent = "";
    var notice = document.createElement("p");
    notice.className = "unable";
    notice.setAttribute("role", "alert");
    document.body.insertBefore(notice, document.body.firstChild);
    notice.textContent = sentence;
  }
})();
