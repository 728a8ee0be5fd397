// Looks for words in the archive pages, newest first. Nothing is loaded from elsewhere, and nothing is kept.
(() => {
  "use strict";
  const form = document.querySelector("form.search");
  const results = document.querySelector(".results");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const say = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  };
  const MOST = 30;

  async function found(words, pages) {
    const rows = [];
    for (let page = pages; page > 0 && rows.length < MOST; page -= 1) {
      const answer = await fetch(`${page}/index.html`);
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      const list = new DOMParser().parseFromString(text, "text/html").querySelectorAll(".archive-list > li");
      for (const row of list) {
        const said = plain(`${row.textContent} ${row.dataset.search}`);
        if (words.every((word) => said.includes(word))) rows.push(row);
      }
    }
    return rows.slice(0, MOST);
  }

  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = plain(form.elements.mots.value).split(/\s+/).filter(Boolean);
    if (!words.length) return;
    results.replaceChildren(say("Recherche en cours…"));
    try {
      const rows = await found(words, Number(form.dataset.pages));
      const list = document.createElement("ul");
      list.className = "archive-list";
      for (const row of rows) {
        const link = row.querySelector("a");
        // The rows link from one folder further down.
        link.setAttribute("href", link.getAttribute("href").replace("../../", "../"));
        list.append(document.importNode(row, true));
      }
      const count = rows.length === 0 ? "Aucun résultat." : rows.length === 1 ? "Un résultat." : `${rows.length} résultats.`;
      results.replaceChildren(say(rows.length === MOST ? `Les ${MOST} plus récents.` : count), list);
    } catch {
      results.replaceChildren(say("La recherche n’a pas abouti : parcourez les listes ci-dessous."));
    }
  });
})();
