"""Table des matières : une sous-liste par sujet."""

from reporting.urls_alertes import urlpatterns as alertes
from reporting.urls_bilans import urlpatterns as bilans
from reporting.urls_coordination import urlpatterns as coordination
from reporting.urls_fiches import urlpatterns as fiches
from reporting.urls_freins import urlpatterns as freins

app_name = "reporting"

urlpatterns = [*fiches, *alertes, *bilans, *freins, *coordination]
