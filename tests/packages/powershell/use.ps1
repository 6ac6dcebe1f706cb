# Uses the module of the folder that is named, without any module of Azure.
param([string] $Module)
$ErrorActionPreference = 'Stop'
Import-Module $Module

function Assert([bool] $Holds, [string] $What) {
    if (-not $Holds) {
        throw "does not hold: $What"
    }
}

$env:MSI_ENDPOINT = 'http://elsewhere.invalid'
$query = 'api-version=2018-02-01&resource=https://vault.azure.net/'
$ports = foreach ($turn in 1, 2) {
    Invoke-WithImds {
        param($emulator)
        Assert (-not $env:MSI_ENDPOINT) 'no variable leads elsewhere'
        $uri = "$env:AZURE_POD_IDENTITY_AUTHORITY_HOST/metadata/identity/oauth2/token?$query"
        $token = Invoke-RestMethod -Uri $uri -Headers @{ Metadata = 'true' } -UseBasicParsing
        Assert ($token.token_type -eq 'Bearer') 'a token'
        Assert (@(Get-ImdsJournal).Count -eq 1) 'one request in the journal'
        Assert ((Get-ImdsJournal).status -eq 200) 'answered'
        Assert (Test-ImdsClient) 'no rule is broken'
        Assert ((Invoke-RestMethod -Uri $env:ARM_CLOUD_METADATA_URL -UseBasicParsing).name -eq 'AzureCloud') 'the cloud'
        Add-ImdsFault -Status 429 -Next 1 | Out-Null
        Clear-ImdsFault
        Set-ImdsLimit @{ identity = @{ concurrent = 3 } }
        Assert ((Get-ImdsTally).left.identity.slots -eq 3) 'three slots'
        Reset-ImdsEmulator
        Assert (@(Get-ImdsJournal).Count -eq 0) 'the journal is empty'
        ([uri] $emulator.Endpoint).Port
    }
}
Assert ($ports[0] -eq $ports[1]) 'the same ports again'
Assert ($env:MSI_ENDPOINT -eq 'http://elsewhere.invalid') 'the variable is back'
Assert (-not (Test-Path Env:AZURE_POD_IDENTITY_AUTHORITY_HOST)) 'the variable is gone'
'used'
