// Makes tables sortable by their column titles. Holds no less-than sign or ampersand, so that the page stays XML.
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const text = row => row.cells[column].textContent;
      const value = row => {
        const number = parseFloat(text(row).replaceAll(",", "").replace("−", "-"));
        return Number.isNaN(number) ? -Infinity : number;
      };
      const compare = head.classList.contains("number")
        ? (a, b) => value(a) - value(b) || 0
        : (a, b) => text(a).localeCompare(text(b), "en", { numeric: true });
      body.append(...[...body.rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b))));
    });
  });
}
