// La grille d'heures au clavier, et ce que htmx ne sait pas seul : ne jamais perdre ce qui est tapé.
// Sans ce fichier, la grille reste un formulaire qui s'enregistre en une fois.
(function () {
  "use strict";

  const grille = document.querySelector("table.grille");
  if (!grille) return;
  const formulaire = document.getElementById("grille");
  const etat = document.getElementById("etat-saisie");
  const annonce = document.getElementById("annonce");
  const annonceControle = document.getElementById("annonce-controle");
  const annuler = document.querySelector("[data-annuler]");
  const enregistrer = document.querySelector("[data-enregistrer]");
  const brouillons = new Map(); // case → { champ, aspect } : modifiées, pas encore enregistrées
  const aDecider = new Set(); // clés des cases à vérifier dès que leur valeur est gardée
  const apres = []; // ce qui attend la fin d'un échange
  const file = new Map(); // clé de la case → son envoi, qui attend la réponse du précédent
  let enCours = null; // l'élément dont l'envoi attend sa réponse
  let enPartance = null; // le lien d'une autre page, suivi dès que la dernière case est gardée
  const minuteries = new Map(); // case → contrôle à demander
  const DELAI_CONTROLE = 500;
  const INSECABLE = "\u00a0";
  const BROUILLON = '<svg class="icone" aria-hidden="true" focusable="false"><use href="#i-crayon"/></svg>brouillon';

  const hoteDe = (element) => element.closest(".case-hote");
  const cleDe = (hote) => hote.id.slice(2);
  const champDe = (hote) => hote.querySelector("input.case-valeur");
  const valeurLue = (hote) => hote.querySelector('[name^="lu-"]').value.replace(/^\d+:/, "");
  const nombre = (valeur) => valeur.toLocaleString("fr-FR", { maximumFractionDigits: 2 }).replace(/\s/g, INSECABLE);
  const pluriel = (n, mot) => n + INSECABLE + mot + (n > 1 ? "s" : "");

  document.querySelectorAll("[data-avec-script]").forEach(function (element) {
    if (element !== annuler) element.hidden = false;
  });

  // --- ce qui n'est pas enregistré ------------------------------------------------------------------------------

  function noter(champ) {
    const hote = hoteDe(champ);
    if (champ.value === valeurLue(hote)) return oublier(hote);
    if (!brouillons.has(hote)) {
      const label = hote.querySelector(".case");
      const mot = hote.querySelector(".case-etat");
      const remarques = document.getElementById("c-" + cleDe(hote));
      brouillons.set(hote, { champ: champ, aspect: label.className, mot: mot.innerHTML, remarques: remarques && remarques.innerHTML });
      label.className = "case case-saisie";
      mot.innerHTML = BROUILLON;
    }
    dire();
  }

  function oublier(hote) {
    const brouillon = brouillons.get(hote);
    if (brouillon) taire(hote, brouillon.remarques);
    brouillons.delete(hote);
    if (brouillon && hote.isConnected) {
      hote.querySelector(".case").className = brouillon.aspect;
      hote.querySelector(".case-etat").innerHTML = brouillon.mot;
    }
    dire();
  }

  function dire() {
    const n = brouillons.size;
    annuler.hidden = enregistrer.hidden = n === 0;
    enregistrer.textContent = "Enregistrer " + pluriel(n, "case");
    if (n === 0) {
      etat.textContent = etat.dataset.vide;
      return;
    }
    const fort = document.createElement("strong");
    fort.textContent = pluriel(n, "case") + (n > 1 ? " modifiées" : " modifiée");
    etat.replaceChildren(fort, ", pas encore enregistrée" + (n > 1 ? "s" : ""));
    if (n > 1) return;
    const [hote, { champ }] = brouillons.entries().next().value;
    const nom = champ.getAttribute("aria-label").replace(/^Heures d(e |’)/, "");
    const avant = valeurLue(hote);
    const suite = !champ.value.trim() ? avant + " effacées" : avant ? avant + " devient " + champ.value : champ.value;
    etat.append(INSECABLE + ": " + nom + ", " + suite);
  }

  grille.addEventListener("input", function (evenement) {
    if (!evenement.target.matches("input.case-valeur")) return;
    noter(evenement.target);
    attendreLeControle(hoteDe(evenement.target));
  });
  annuler.addEventListener("click", function () {
    Array.from(brouillons.keys()).forEach(function (hote) {
      champDe(hote).value = valeurLue(hote);
      expliquer(cleDe(hote));
      oublier(hote);
    });
  });
  window.addEventListener("beforeunload", function (evenement) {
    if (brouillons.size) evenement.preventDefault();
  });
  formulaire.addEventListener("submit", function () {
    brouillons.clear();
  });

  // --- contrôles avant l'envoi ----------------------------------------------------------------------------------

  // On ne contrôle que ce qui est encore un brouillon : sitôt envoyée, la case reçoit les remarques qui sont gardées.
  function attendreLeControle(hote) {
    clearTimeout(minuteries.get(hote));
    if (!brouillons.has(hote)) return;
    minuteries.set(hote, setTimeout(function () {
      const champ = champDe(hote);
      if (!brouillons.has(hote) || !champ) return;
      if (!champ.value.trim()) return taire(hote);
      const cle = cleDe(hote);
      const zone = zoneDesRemarques(cle);
      const valeurs = {};
      valeurs["h-" + cle] = champ.value;
      valeurs["lu-" + cle] = hote.querySelector('[name^="lu-"]').value;
      const envoi = { source: zone, target: zone, swap: "innerHTML", values: valeurs };
      window.htmx.ajax("POST", grille.dataset.controle, envoi).catch(function () {}); // abandonné : la case a été envoyée
    }, DELAI_CONTROLE));
  }

  function zoneDesRemarques(cle) {
    const presente = document.getElementById("c-" + cle);
    if (presente) return presente;
    const zone = document.createElement("div");
    zone.className = "constats-case";
    zone.id = "c-" + cle;
    document.getElementById("x-" + cle.replace(/-\d{6}$/, "")).append(zone);
    return zone;
  }

  // Retire les remarques d'une case, ou remet celles d'avant la saisie.
  function taire(hote, avant) {
    clearTimeout(minuteries.get(hote));
    const zone = document.getElementById("c-" + cleDe(hote));
    if (zone) {
      window.htmx.trigger(zone, "htmx:abort");
      if (avant) zone.innerHTML = avant;
      else zone.remove();
    }
    decrire(hote, Boolean(avant));
  }

  function decrire(hote, avecRemarques) {
    const champ = hote.isConnected && champDe(hote);
    if (!champ) return;
    const ids = champ.getAttribute("aria-describedby").split(" ").filter((id) => !id.startsWith("c-"));
    if (avecRemarques) ids.push("c-" + cleDe(hote));
    champ.setAttribute("aria-describedby", ids.join(" "));
  }

  // La réponse d'un contrôle ne vaut que pour ce qui est encore dans la case ; une panne ne se dit qu'à l'envoi.
  function estUnControle(evenement) {
    return evenement.detail.requestConfig && evenement.detail.requestConfig.path === grille.dataset.controle;
  }
  grille.addEventListener("htmx:beforeSwap", function (evenement) {
    if (!estUnControle(evenement)) return;
    const cle = evenement.target.id.slice(2);
    const champ = document.getElementById("h-" + cle);
    const actuel = champ && brouillons.has(hoteDe(champ)) && champ.value === evenement.detail.requestConfig.parameters["h-" + cle];
    if (!actuel || estLaConnexion(evenement.detail.xhr)) evenement.detail.shouldSwap = false;
  });
  grille.addEventListener("htmx:afterSwap", function (evenement) {
    if (!evenement.target.matches(".constats-case") || !estUnControle(evenement)) return;
    const zone = evenement.target;
    const hote = document.getElementById("k-" + zone.id.slice(2));
    const premiere = zone.querySelector(".remarque");
    const mot = hote.querySelector(".case-etat");
    mot.replaceChildren();
    if (premiere) mot.append(premiere.querySelector("svg").cloneNode(true), premiere.dataset.mot);
    else mot.innerHTML = BROUILLON;
    decrire(hote, Boolean(premiere));
    annonceControle.textContent = zone.textContent;
    if (!premiere) zone.remove();
  });

  // --- envois ---------------------------------------------------------------------------------------------------

  // Une case à la fois, dans l'ordre : deux réponses qui se croisent laisseraient à l'écran un résumé et des totaux dépassés.
  // La file de htmx (hx-sync) s'arrête sur une case remplacée entre-temps, et ce qui la suit ne partirait plus.
  document.addEventListener("htmx:confirm", function (evenement) {
    const { elt, target, issueRequest } = evenement.detail;
    if (!target.matches(".case-hote")) return;
    evenement.preventDefault();
    file.set(cleDe(target), { elt: elt, partir: () => issueRequest(true) });
    envoyerLaSuivante();
  });
  document.addEventListener("htmx:afterRequest", function (evenement) {
    if (evenement.detail.requestConfig.elt !== enCours) return; // « detail.elt » a pu être remplacé par la réponse
    enCours = null;
    envoyerLaSuivante();
  });

  function envoyerLaSuivante() {
    for (const [cle, envoi] of file) {
      if (enCours) return;
      file.delete(cle);
      if (!envoi.elt.isConnected) continue;
      enCours = envoi.elt;
      envoi.partir();
    }
  }

  const unEnvoiAttend = () => Boolean(enCours) || file.size > 0;

  function expliquer(cle, phrase, reessayer) {
    const ancienne = document.getElementById("x-" + cle);
    if (ancienne) ancienne.remove();
    if (!phrase) return;
    const bloc = document.createElement("div");
    bloc.className = "message message-refus";
    bloc.id = "x-" + cle;
    bloc.setAttribute("role", "alert");
    const texte = document.createElement("div");
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "lien";
    bouton.textContent = "Réessayer";
    bouton.addEventListener("click", reessayer);
    texte.append(phrase + " ", bouton);
    bloc.append(texte);
    document.getElementById("x-" + cle.replace(/-\d{6}$/, "")).append(bloc);
  }

  function estLaConnexion(xhr) {
    const adresse = document.querySelector('meta[name="etape-connexion"]').content;
    return Boolean(xhr.responseURL) && new URL(xhr.responseURL).pathname === adresse;
  }

  const SESSION = "Votre session a expiré" + INSECABLE + ": reconnectez-vous dans un autre onglet, puis réessayez.";

  // Ce qui arrive à une case se dit sous sa ligne : le message général du haut de page ferait quitter la ligne des yeux.
  function echec(evenement, phrase) {
    evenement.stopPropagation();
    if (estUnControle(evenement)) return;
    enPartance = null;
    const hote = hoteDe(evenement.target);
    if (!hote) return;
    expliquer(cleDe(hote), phrase, function () {
      const champ = champDe(hote);
      if (champ) champ.dispatchEvent(new Event("change", { bubbles: true }));
      else decider(hote);
    });
  }
  grille.addEventListener("htmx:responseError", function (evenement) {
    const refusee = evenement.detail.xhr.status === 403;
    echec(evenement, refusee ? SESSION : "Pas enregistré" + INSECABLE + ": le serveur n’a pas répondu. Votre saisie est gardée ici.");
  });
  grille.addEventListener("htmx:sendError", function (evenement) {
    echec(evenement, "Pas enregistré" + INSECABLE + ": pas de réseau. Votre saisie est gardée ici.");
  });

  grille.addEventListener("htmx:beforeSwap", function (evenement) {
    const hote = evenement.target;
    if (!hote.matches(".case-hote") || !evenement.detail.shouldSwap) return;
    if (estLaConnexion(evenement.detail.xhr)) {
      evenement.detail.shouldSwap = false;
      echec(evenement, SESSION);
      return;
    }
    const cle = cleDe(hote);
    const champ = champDe(hote);
    const envoyee = evenement.detail.requestConfig.parameters["h-" + cle];
    if (champ && envoyee !== undefined && champ.value !== envoyee) {
      // Tapée de nouveau pendant l'envoi : la saisie reste, la version avance, l'envoi suivant partira.
      evenement.detail.shouldSwap = false;
      if (evenement.detail.xhr.status === 200) {
        hote.querySelector('[name^="lu-"]').value = evenement.detail.xhr.getResponseHeader("Etape-Lu");
      }
      return;
    }
    expliquer(cle);
    taire(hote);
    fermerLeConflit(cle, evenement.detail.requestConfig.elt);
    brouillons.delete(hote);
  });
  grille.addEventListener("htmx:beforeRequest", function (evenement) {
    if (evenement.target.matches(".case-hote")) clearTimeout(minuteries.get(evenement.target));
  });

  // Le bouton qui tranche est dans le message : htmx en a besoin jusqu'à la fin de l'échange.
  function fermerLeConflit(cle, source) {
    const conflit = document.getElementById("conflit-" + cle);
    if (!conflit) return;
    if (!conflit.contains(source)) return conflit.remove();
    conflit.hidden = true;
    conflit.id = "";
    apres.push(function () {
      conflit.remove();
      aller(document.getElementById("h-" + cle));
    });
  }

  // Un conflit ou une phrase qui s'insère plus haut ne pousse pas sous la barre la case où l'on tape.
  function garderEnVue() {
    const actif = document.activeElement;
    if (grille.contains(actif)) actif.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  document.addEventListener("htmx:afterSettle", function () {
    dire();
    compter();
    apres.splice(0).forEach((suite) => suite());
    garderEnVue();
    partir();
    aDecider.forEach(function (cle) {
      const hote = document.getElementById("k-" + cle);
      aDecider.delete(cle);
      if (hote && hote.dataset.decision) decider(hote);
    });
  });

  // Changer de page attend que la case que l'on quitte soit gardée ; refusée, ou sans réponse, on reste avec elle.
  const pages = document.querySelector(".pages");
  if (pages) pages.addEventListener("click", function (evenement) {
    const lien = evenement.target.closest("a");
    if (!lien || !unEnvoiAttend()) return;
    evenement.preventDefault();
    enPartance = lien;
  });

  function partir() {
    if (!enPartance || unEnvoiAttend()) return;
    const lien = enPartance;
    enPartance = null;
    if (!grille.querySelector('[aria-invalid="true"]')) lien.click();
  }

  // --- clavier --------------------------------------------------------------------------------------------------

  function voisine(element, sens, choisir) {
    const cellule = element.closest("td");
    const lignes = Array.from(grille.querySelectorAll("tr.ligne"));
    let rang = lignes.indexOf(cellule.parentElement) + sens;
    for (; rang >= 0 && rang < lignes.length; rang += sens) {
      const trouvee = lignes[rang].cells[cellule.cellIndex].querySelector(choisir);
      if (trouvee) return trouvee;
    }
    return null;
  }

  function aller(element) {
    if (!element) return;
    element.focus();
    if (element.select) element.select();
  }

  function decider(hote) {
    if (!hote.dataset.decision) return;
    window.htmx.ajax("POST", hote.dataset.decision, {
      source: hote, target: hote, swap: "outerHTML", values: { vers: "suivant", version: hote.dataset.version },
    });
  }

  const aide = document.getElementById("aide-clavier");
  document.querySelector("[data-aide]").addEventListener("click", function () {
    aide.showModal();
  });

  document.addEventListener("keydown", function (evenement) {
    const dansUnTexte = evenement.target.matches("input:not(.case-valeur):not([type=checkbox]), textarea, select");
    if (evenement.key === "?" && !dansUnTexte && !aide.open) {
      evenement.preventDefault();
      aide.showModal();
    }
  });

  grille.addEventListener("keydown", function (evenement) {
    const cible = evenement.target;
    const hote = hoteDe(cible);
    if (!hote || cible.matches(".case-choix")) return;
    if (evenement.altKey && evenement.code === "KeyV") {
      evenement.preventDefault();
      if (brouillons.has(hote)) {
        aDecider.add(cleDe(hote));
        cible.dispatchEvent(new Event("change", { bubbles: true }));
      } else {
        decider(hote);
      }
    } else if (evenement.key === "ArrowDown" || evenement.key === "ArrowUp") {
      evenement.preventDefault();
      aller(voisine(cible, evenement.key === "ArrowDown" ? 1 : -1, ".case[href], input.case-valeur"));
    } else if (evenement.key === "Enter" && cible.matches("input")) {
      evenement.preventDefault();
      const suite = voisine(cible, evenement.shiftKey ? -1 : 1, "input.case-valeur");
      // Au bout de la page, Entrée enregistre et mène au lien de la suivante : une seconde fois, elle s'ouvre à sa première case.
      const pageVoisine = document.querySelector('.pages [rel="' + (evenement.shiftKey ? "prev" : "next") + '"]');
      if (suite || pageVoisine) aller(suite || pageVoisine);
      else cible.blur();
    } else if (evenement.key === "Escape" && cible.matches("input")) {
      cible.value = valeurLue(hote);
      expliquer(cleDe(hote));
      oublier(hote);
      cible.select();
    }
  });

  // --- actions sur les cases affichées ou cochées ---------------------------------------------------------------

  function compter() {
    const cochees = Array.from(grille.querySelectorAll(".case-choix:checked"), hoteDe);
    const affichees = Array.from(grille.querySelectorAll(".case-choix"), hoteDe);
    const mois = grille.querySelector(".mois-courant").textContent.toLowerCase();
    const de = /^[aeiouyhâéêô]/.test(mois) ? "d’" : "de ";
    document.querySelectorAll("[data-lot]").forEach(function (bouton) {
      const etats = bouton.dataset.lot.split(" ");
      const liste = (cochees.length || "coche" in bouton.dataset ? cochees : affichees).filter((hote) => etats.includes(hote.dataset.etat));
      const heures = liste.reduce((somme, hote) => somme + Number(hote.dataset.heures), 0);
      const texte = bouton.querySelector("span");
      if ("coche" in bouton.dataset) {
        texte.textContent = liste.length ? "Refuser " + pluriel(liste.length, "case") + ", " + nombre(heures) + INSECABLE + "h" : "Refuser les cases cochées";
        return;
      }
      bouton.hidden = liste.length === 0;
      const ou = cochees.length ? "" : bouton.dataset.ou;
      texte.textContent = bouton.dataset.verbe + " " + pluriel(liste.length, "case") + " " + de + mois + ou + ", " + nombre(heures) + INSECABLE + "h";
    });
    compterLaRecopie();
  }

  // Les cases vides du dernier mois de la page dont le mois d'avant porte des heures : celles que « Recopier » remplira.
  function compterLaRecopie() {
    const bouton = document.querySelector("[data-recopier]");
    if (!bouton) return;
    const n = Array.from(grille.querySelectorAll("tr.ligne")).filter(function (ligne) {
      const [veille, derniere] = [-3, -2].map((rang) => Array.from(ligne.cells).at(rang).querySelector(".case-hote"));
      const aRemplir = derniere && derniere.dataset.etat === "vide" && champDe(derniere);
      return aRemplir && veille && Number(veille.dataset.heures) && veille.dataset.etat !== "refuse";
    }).length;
    bouton.hidden = n === 0;
    bouton.textContent = bouton.dataset.recopier + " " + pluriel(n, "case") + bouton.dataset.ou;
  }
  grille.addEventListener("change", function (evenement) {
    if (evenement.target.matches(".case-choix")) compter();
  });
  dire();
  compter();
  if (annonce && location.hash.startsWith("#h-")) aller(document.querySelector(location.hash));
  // Venue d'une autre page (aucun élément ne s'appelle « saisie » : le navigateur y reprendrait le focus) : la première case à remplir de la colonne, sinon la première qui se saisit.
  if (location.hash === "#saisie") {
    const colonne = Array.from(grille.querySelectorAll("tr.ligne"), (ligne) => ligne.cells[ligne.cells.length - 2]);
    const champs = colonne.map((cellule) => cellule.querySelector("input.case-valeur")).filter(Boolean);
    aller(champs.find((champ) => !champ.value) || champs[0]);
  }
})();
