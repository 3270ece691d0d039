// Étape : le peu de script commun à toutes les pages. Chaque page se lit et s'envoie sans lui.
(function () {
  "use strict";

  const adresseDeConnexion = document.querySelector('meta[name="etape-connexion"]').content;

  // Au téléphone la navigation défile : l'onglet courant se montre sans avoir à le chercher.
  const courant = document.querySelector(".navigation [aria-current]");
  if (courant) {
    const defile = courant.closest(".navigation");
    const [cadre, onglet] = [defile.getBoundingClientRect(), courant.getBoundingClientRect()];
    if (onglet.right > cadre.right) defile.scrollLeft += onglet.left - cadre.left - (cadre.width - onglet.width) / 2;
  }

  // Menus <details data-menu> : Échap et un clic ailleurs les referment.
  function refermer(sauf) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) {
      if (menu !== sauf) menu.open = false;
    });
  }
  document.addEventListener("click", function (evenement) {
    refermer(evenement.target.closest("details[data-menu]"));
  });
  document.addEventListener("keydown", function (evenement) {
    const menu = evenement.key === "Escape" && document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Un lien du résumé d'erreurs mène à la première case d'un groupe de choix comme à un champ simple.
  document.addEventListener("click", function (evenement) {
    const lien = evenement.target.closest("#resume-erreurs a");
    const cible = lien && document.getElementById(lien.hash.slice(1));
    if (!cible) return;
    const champ = cible.matches("input, select, textarea") ? cible : cible.querySelector("input, select, textarea");
    if (champ) {
      evenement.preventDefault();
      champ.focus();
    }
  });

  // Se reconnecter dans un autre onglet change le jeton : un formulaire resté ouvert prend celui du témoin au moment de partir.
  function jeton() {
    const temoin = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return temoin ? temoin[1] : "";
  }
  document.addEventListener(
    "submit",
    function (evenement) {
      const champ = evenement.target.querySelector('input[name="csrfmiddlewaretoken"]');
      if (champ && jeton()) champ.value = jeton();
    },
    true
  );
  document.addEventListener("htmx:configRequest", function (evenement) {
    if (jeton()) evenement.detail.headers["X-CSRFToken"] = jeton();
  });

  // Un fichier trop lourd se dit avant de partir : l'envoyer prendrait des minutes pour le même refus.
  document.addEventListener("submit", function (evenement) {
    const champ = evenement.target.querySelector('input[type="file"][data-octets-maximum]');
    if (!champ) return;
    const fichier = champ.files[0];
    const lourd = fichier && fichier.size > Number(champ.dataset.octetsMaximum);
    champ.setCustomValidity(lourd ? champ.dataset.tropLourd : "");
    if (!lourd) return;
    evenement.preventDefault();
    champ.reportValidity();
  });
  document.addEventListener("change", function (evenement) {
    if (evenement.target.matches('input[type="file"][data-octets-maximum]')) evenement.target.setCustomValidity("");
  });

  // Un formulaire envoyé deux fois par un double clic ne part qu'une fois.
  document.addEventListener("submit", function (evenement) {
    const formulaire = evenement.target;
    if (evenement.defaultPrevented || formulaire.getAttribute("method") !== "post") return;
    if (formulaire.dataset.envoye) {
      evenement.preventDefault();
      return;
    }
    formulaire.dataset.envoye = "1";
    setTimeout(function () {
      delete formulaire.dataset.envoye;
    }, 2000);
  });

  // Un formulaire qui part n'est plus vérifié en cours de saisie : la page va changer.
  document.addEventListener("htmx:beforeRequest", function (evenement) {
    const formulaire = evenement.target.closest("form");
    if (formulaire && formulaire.dataset.envoye) evenement.preventDefault();
  });

  // htmx : une réponse qui n'arrive pas, ou une session finie, se dit en une phrase et ne remplace rien à l'écran.
  function annoncer(phrase) {
    const bloc = document.createElement("div");
    bloc.className = "message message-refus";
    const texte = document.createElement("div");
    texte.textContent = phrase;
    bloc.append(texte);
    document.getElementById("messages").replaceChildren(bloc);
    bloc.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:beforeSwap", function (evenement) {
    const adresse = evenement.detail.xhr.responseURL;
    if (!adresse || new URL(adresse).pathname !== adresseDeConnexion) return;
    evenement.detail.shouldSwap = false;
    annoncer("Votre session a expiré. Votre saisie est toujours à l’écran : connectez-vous dans un autre onglet, puis recommencez.");
  });
  document.addEventListener("htmx:responseError", function (evenement) {
    if (evenement.detail.xhr.status === 403) {
      annoncer("Cette action n’est pas permise, ou votre session a changé. Votre saisie est toujours à l’écran : rechargez la page dans un autre onglet.");
    } else {
      annoncer("La réponse n’est pas arrivée en entier. Rien n’a été enregistré ; votre saisie est toujours à l’écran. Recommencez.");
    }
  });
  document.addEventListener("htmx:sendError", function () {
    annoncer("Pas de réseau. Rien n’a été enregistré ; votre saisie est toujours à l’écran. Recommencez quand la connexion revient.");
  });
})();
