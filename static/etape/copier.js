// Copier une rédaction d'un clic, et le dire. Sans script, les boutons restent cachés et le texte se sélectionne.
(function () {
  "use strict";

  const boutons = Array.from(document.querySelectorAll("[data-copier]"));
  const annonce = document.getElementById("annonce-copie");
  const depart = new Map();

  function selectionner(bloc) {
    const selection = window.getSelection();
    selection.removeAllRanges();
    const etendue = document.createRange();
    etendue.selectNodeContents(bloc);
    selection.addRange(etendue);
  }

  function dire(bouton, mot, phrase) {
    boutons.forEach((autre) => { autre.querySelector("[data-mot]").textContent = depart.get(autre); });
    bouton.querySelector("[data-mot]").textContent = mot;
    annonce.textContent = "";
    window.setTimeout(() => { annonce.textContent = phrase; }, 50);
  }

  async function copier(bouton) {
    const bloc = document.getElementById(bouton.dataset.copier);
    try {
      await navigator.clipboard.writeText(bloc.innerText.trim());
      dire(bouton, "Copié", "Copié\u00a0: " + bouton.dataset.titre + ".");
    } catch {
      // Hors HTTPS, ou refusé par le navigateur : le texte est prêt à être copié au clavier.
      selectionner(bloc);
      dire(bouton, "Sélectionné", "Le texte est sélectionné\u00a0: copiez-le avec Ctrl et C.");
    }
  }

  boutons.forEach(function (bouton) {
    depart.set(bouton, bouton.querySelector("[data-mot]").textContent);
    bouton.hidden = false;
    bouton.addEventListener("click", () => copier(bouton));
  });
})();
