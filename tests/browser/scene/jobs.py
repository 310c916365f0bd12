"""The jobs of the team that the pictures show."""

from dataclasses import dataclass

KILL, WAIT = "k", "…"
"""How an execution goes, beside "+" and "-". One that waits stays as it is: preparing or running."""


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    capsule: str
    category: str
    command: str
    when: str = ""
    """Cron text; empty: by hand."""
    usual_s: float = 60
    outcomes: str = ""
    file: str = ""
    """The name of its package."""
    description: str = ""
    retries: int = 0


DAILY, HOURLY = "++++++++++++", "+++++++++++++++++++++"

JOBS = (
    Told("bank-statements-pickup", "bash", "extraction", "sftp-sync bank:/out statements/", "20 5 * * 1-5", 48, DAILY),
    Told("clickstream-landing", "bash", "extraction", "aws s3 sync s3://clicks landing/", "5 * * * *", 320, HOURLY),
    Told("fx-rates-ecb", "bash", "extraction", "curl -sf https://rates.example/eur", "30 16 * * 1-5", 3,
         "+++++++-++++"),
    Told("sap-orders-extract-incremental-by-sales-organisation", "bash", "extraction", "sap-extract orders",
         "15 */2 * * *", 540, "++++++-+++++"),
    Told("weather-stations", "bash", "extraction", "curl -sf https://weather.example/fr", "", 9, "+++++k"),
    Told("app-store-reviews", "python", "extraction", "python {file} --store eu", "10 7 * * *", 95, DAILY,
         "reviews.py"),
    Told("crm-contacts", "python", "extraction", "python {file} --full", "0 3 * * *", 410, "+++-++++++++",
         "contacts.py"),
    Told("google-ads-costs", "python", "extraction", "python {file} --days 3", "40 6 * * *", 75, "+++++++++++-",
         "ads.py",
         retries=3),
    Told("supplier-catalogues", "python", "extraction", "python {file} acme globex initech", "", 260, "",
         "catalogues.py"),
    Told("dim-customers", "sql", "extraction", "duckdb {file}", "25 4 * * *", 34, DAILY, "customers.sql"),
    Told("stock-levels", "sql", "extraction", "duckdb {file}", "*/30 * * * *", 18, HOURLY + "+", "stock.sql"),
    Told("erp-customers", "sqoop", "extraction", "sqoop import --options-file {file}", "0 2 * * *", 900, DAILY,
         "erp.txt"),
    Told("erp-ledger-2026", "sqoop", "extraction", "sqoop import --options-file {file}", "30 2 1 * *", 5400, "++++++",
         "ledger.txt"),
    Told("invoices-edi", "talend", "extraction", "sh {file} --context=Production", "0 5 * * *", 1260, "++++k+++++++",
         "invoices_0.7.zip"),
    Told("loyalty-cards", "talend", "extraction", "sh {file} --context=Production", "45 4 * * *", 690, DAILY,
         "loyalty_1.2.zip"),
    Told("store-tills-close-of-day", "talend", "extraction", "sh {file} --context=Production", "30 22 * * *", 1500,
         "+++++++++++" + WAIT, "tills_2.0.zip"),
    Told("partner-feed", "java-scala", "extraction", "java -jar {file} --partner all", "0 */3 * * *", 150, DAILY,
         "feed-3.4.jar"),
    Told("archive-old-partitions", "bash", "processing", "restic backup warehouse/", "0 1 * * 0", 2700, "++++++++"),
    Told("refresh-materialized-views", "bash", "processing", "psql -f refresh.sql", "50 * * * *", 140, HOURLY),
    Told("vacuum-warehouse", "bash", "processing", "psql -c 'VACUUM ANALYZE'", "", 0, "", description="When asked to."),
    Told("customer-segments", "python", "processing", "python {file} --clusters 8", "0 5 * * 1", 1500, "++++++",
         "segments.py"),
    Told("anonymise-test-data", "python", "processing", "python {file}", "", 220, "++++", "anonymise.py"),
    Told("dbt-marts", "dbt", "processing", "dbt build --select marts", "15 6 * * *", 780, "++++++-+++++", "marts.zip"),
    Told("dbt-staging", "dbt", "processing", "dbt run --select staging", "30 5 * * *", 260, DAILY, "staging.zip"),
    Told("dbt-tests-nightly", "dbt", "processing", "dbt test", "0 23 * * *", 330, "+++++++++---", "tests.zip"),
    Told("price-elasticity", "notebook", "processing", "papermill {file} output.ipynb", "0 8 * * 1", 640, "+++++",
         "elasticity.ipynb"),
    Told("weekly-kpis", "notebook", "processing", "papermill {file} output.ipynb -p week last", "0 7 * * 1", 210,
         "+++++++", "kpis.ipynb"),
    Told("demand-forecast", "r", "processing", "Rscript {file} --horizon 28", "0 4 * * *", 1180, DAILY, "forecast.R"),
    Told("basket-analysis", "spark", "processing", "spark-submit --class=Baskets {file}", "0 3 * * 6", 4200, "+++++k",
         "baskets.jar"),
    Told("sessionize-clicks", "spark", "processing", "spark-submit {file} --hours 2", "20 */2 * * *", 760,
         "+++++++++++" + WAIT, "sessions.py"),
    Told("fact-sales", "sql", "processing", "duckdb {file}", "45 5 * * *", 125, DAILY, "fact_sales.sql"),
    Told("till-anomalies", "docker", "smart-apps", "registry.example/anomalies:4.1 --day yesterday", "0 9 * * *", 380,
         "+++++++++++" + WAIT),
    Told("churn-scoring", "docker", "smart-apps", "registry.example/churn:2.8", "30 6 * * *", 470, DAILY),
    Told("shop-recommendations-refresh", "docker", "smart-apps", "registry.example/reco:7", "*/20 * * * *", 240,
         HOURLY),
    Told("publish-dashboards", "bash", "smart-apps", "superset-cli refresh --all", "30 7 * * *", 66, DAILY),
    Told("warm-up-model-cache", "bash", "smart-apps", "curl -sf https://models.example/warm", "", 5, "++"),
)  # fmt: skip

REPORT = "daily-sales-report"
REPORT_NOTES = (
    "First version",
    "Stores of Belgium and Luxembourg",
    "Returns are counted on the day of the sale",
    "Prices net of discounts",
)
"""The release notes of its versions: the last one fails."""
REPORT_OUTCOMES = ("+++", "++++++", "+++++++-+++", "--")
"""Of each version."""
