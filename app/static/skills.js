// Offers skills as buttons under textarea[data-suggest] while one types; the form works without.
const gap = /[,;\n\t،؛•]/;
for (const box of document.querySelectorAll("textarea[data-suggest]")) {
  const offers = document.createElement("div");
  const said = document.createElement("p");
  let asked = 0, wait;
  const start = () => {
    let i = box.selectionStart;
    while (i && !gap.test(box.value[i - 1])) i--;
    return i;
  };
  const pick = (label) => {
    const from = start();
    const blank = from && box.value[from - 1] != "\n" ? " " : "";
    box.setRangeText(blank + label.replace(/[,;]/g, "") + ", ", from, box.selectionStart, "end");
    show([]);
    box.focus();
  };
  const show = (labels) => {
    offers.replaceChildren(...labels.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "offer";
      button.dir = "auto";
      button.textContent = label;
      button.onclick = () => pick(label);
      return button;
    }));
    said.textContent = labels.length ? box.dataset.found + ": " + labels.length : "";
  };
  const ask = async () => {
    const mine = ++asked;
    const word = box.value.slice(start(), box.selectionStart).trim();
    let found = [];
    if (word.length > 1) {
      const url = box.dataset.suggest + "?q=" + encodeURIComponent(word);
      const answer = await fetch(url).catch(() => ({}));
      if (answer.ok) found = (await answer.json()).skills;
    }
    if (mine == asked) show(found.map((skill) => skill.label));
  };
  offers.className = "offers";
  offers.setAttribute("role", "group");
  offers.setAttribute("aria-label", box.dataset.found);
  said.className = "unseen";
  said.setAttribute("role", "status");
  box.after(offers, said);
  box.oninput = () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 200);
  };
}
