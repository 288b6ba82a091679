"""Selenium: the same steps through WebDriver and chromedriver."""

import shutil

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.bench.peers import loop

#: How long an element may take to come, in seconds.
PATIENCE = 10


def main() -> None:
    """Do the job."""
    job = loop.job()
    driver = _driver(job)
    driver.get(job.url)
    remove = _remove_2024
    if job.ui == "2023.10":
        remove = _remove_2023
        _sign_in_2023(driver)
    else:
        _sign_in_2024(driver)
    loop.at("begun")
    for each in job.ids:
        remove(driver, job.url, each)
        if "togs bort" not in driver.find_element(By.CSS_SELECTOR, "[role=status]").text:
            raise RuntimeError(each)
    loop.at("ended")
    driver.quit()


def _driver(job: loop.Job) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = job.browser
    for each in (*job.args, "--headless", "--window-size=1280,720"):
        options.add_argument(each)
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    # Waits in the driver ask twenty times a second; those of WebDriverWait ask twice.
    driver.implicitly_wait(PATIENCE)
    return driver


def _sign_in_2023(driver: webdriver.Chrome) -> None:
    driver.find_element(By.NAME, "anvandarnamn").send_keys("robot")
    driver.find_element(By.NAME, "losenord").send_keys("flotta-mock")
    driver.find_element(By.XPATH, "//button[.='Logga in']").click()
    driver.find_element(By.CSS_SELECTOR, "input[value='Handläggare LSS']").click()
    driver.find_element(By.XPATH, "//button[.='Fortsätt']").click()
    driver.find_element(By.XPATH, "//h1[.='Startsida']")


def _sign_in_2024(driver: webdriver.Chrome) -> None:
    driver.find_element(By.NAME, "user").send_keys("robot")
    driver.find_element(By.NAME, "password").send_keys("flotta-mock")
    driver.find_element(By.CSS_SELECTOR, "[data-testid=login-submit]").click()
    driver.find_element(By.XPATH, "//button[contains(., 'Handläggare LSS')]").click()
    driver.find_element(By.XPATH, "//h1[.='Översikt']")


def _remove_2023(driver: webdriver.Chrome, url: str, each: str) -> None:
    driver.get(f"{url}/paminnelser/{each}")
    driver.find_element(By.XPATH, "//button[.='Ta bort']").click()
    driver.find_element(By.NAME, "orsak").send_keys("Inaktuell påminnelse.")
    driver.find_element(By.XPATH, "//button[.='Bekräfta borttagning']").click()
    driver.switch_to.alert.accept()


def _remove_2024(driver: webdriver.Chrome, url: str, each: str) -> None:
    driver.get(f"{url}/bevakning/paminnelser/{each}")
    driver.find_element(By.CSS_SELECTOR, "[aria-label='Fler åtgärder']").click()
    driver.find_element(By.CSS_SELECTOR, "[data-testid=delete-open]").click()
    driver.find_element(By.NAME, "orsak").send_keys("Inaktuell påminnelse.")
    driver.find_element(By.CSS_SELECTOR, "[data-testid=delete-confirm]").click()


if __name__ == "__main__":
    main()
