"""Ce qui annonce les échéances hors du site : le courriel du matin (`recapitulatif`), son désabonnement, l'agenda (`agenda`)."""
