*** Settings ***
Documentation       Robot Framework Browser: the same steps in keywords. The job comes as a file of variables.

Library             Browser
Library             tests.bench.peers.loop


*** Test Cases ***
Remove Reminders
    New Browser    chromium    executablePath=${BROWSER}    args=${ARGS}
    New Context    locale=sv-SE
    New Page    ${URL}
    Run Keyword    Sign In ${UI}
    At    begun
    FOR    ${id}    IN    @{IDS}
        Run Keyword    Remove ${UI}    ${id}
    END
    At    ended


*** Keywords ***
Sign In 2023.10
    Fill Text    input[name=anvandarnamn]    robot
    Fill Text    input[name=losenord]    flotta-mock
    Click    button >> text=Logga in
    Check Checkbox    input[value="Handläggare LSS"]
    Click    button >> text=Fortsätt
    Get Text    h1    ==    Startsida

Sign In 2024.04
    Fill Text    input[name=user]    robot
    Fill Text    input[name=password]    flotta-mock
    Click    [data-testid=login-submit]
    Click    button >> text=Handläggare LSS
    Get Text    h1    ==    Översikt

Remove 2023.10
    [Arguments]    ${id}
    Go To    ${URL}/paminnelser/${id}
    Click    button >> text="Ta bort"
    Fill Text    textarea[name=orsak]    Inaktuell påminnelse.
    Handle Future Dialogs    action=accept
    Click    button >> text=Bekräfta borttagning
    Get Text    [role=status]    contains    togs bort

Remove 2024.04
    [Arguments]    ${id}
    Go To    ${URL}/bevakning/paminnelser/${id}
    Click    [aria-label="Fler åtgärder"]
    Click    [data-testid=delete-open]
    Fill Text    textarea[name=orsak]    Inaktuell påminnelse.
    Click    [data-testid=delete-confirm]
    Get Text    [role=status]    contains    togs bort
