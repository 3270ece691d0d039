// Relire un fichier DECP : le bouton dit combien de marchés sont cochés ; le nom ne se demande que pour une opération à créer.
(function () {
  "use strict";

  const bouton = document.querySelector("[data-importer]");
  if (!bouton) return;
  const cases = Array.from(document.querySelectorAll("[data-choix]"));

  function compter() {
    const n = cases.filter((c) => c.checked).length;
    bouton.textContent = n === 0 ? "Importer les marchés cochés" : "Importer " + n + "\u00a0" + (n === 1 ? "marché" : "marchés");
  }
  cases.forEach((c) => c.addEventListener("change", compter));
  window.addEventListener("pageshow", compter);

  document.querySelectorAll("[data-operation]").forEach(function (choix) {
    const nom = document.getElementById("id_nom_" + choix.dataset.operation).closest(".champ");
    function montrer() {
      nom.hidden = choix.value !== "";
    }
    choix.addEventListener("change", montrer);
    window.addEventListener("pageshow", montrer);
  });
})();
