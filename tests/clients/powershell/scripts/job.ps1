# Plays the steps of a case and prints a line of JSON for each. For Windows PowerShell 5.1 and PowerShell 7.
param([Parameter(Mandatory = $true)][string]$Case)

$plan = Get-Content -Raw -LiteralPath $Case | ConvertFrom-Json
$ErrorActionPreference = $plan.on_error
$WarningPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'

function Get-Milliseconds {
    [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds()
}

# How many requests for tokens there have been. Only a case of one process asks.
function Get-TokenRequest {
    if (-not $plan.admin) { return $null }
    $tally = (Invoke-RestMethod -UseBasicParsing -Uri "$($plan.admin)/tally").identity
    $tally.admitted + $tally.faulted + $tally.rejected + $tally.refused_rate + $tally.refused_concurrency
}

# Says that this process is ready, and waits until all are.
function Wait-ForOthers {
    Set-Content -LiteralPath "$($plan.ready)" -Value ready
    while (-not (Test-Path -LiteralPath $plan.go)) { Start-Sleep -Milliseconds 20 }
}

# The recipe of docs/recipes.md; as a secure string, if the step says so.
function Connect-WithToken($Step, $More) {
    $token = & $plan.imds_client token --resource https://management.azure.com/ --client-id $Step.account `
        --format text --shared-cache --cache-dir $plan.cache
    if ($LASTEXITCODE -ne 0) { throw "imds-client token ended with $LASTEXITCODE" }
    if ($Step.secure) { $token = ConvertTo-SecureString $token -AsPlainText -Force }
    Connect-AzAccount -AccessToken $token -AccountId $Step.account @More
}

# The sign-in of a careful script: again, after a pause by chance, when anything of it fails.
function Connect-WithRetry($Step, $More) {
    foreach ($try in 1..5) {
        try {
            Connect-AzAccount -Identity -AccountId $Step.account @More -ErrorAction Stop | Out-Null
            Set-AzContext -Subscription $Step.subscription @More -ErrorAction Stop
            return
        } catch {
            if ($try -eq 5) { throw }
            Start-Sleep -Milliseconds (Get-Random -Minimum 2000 -Maximum 10000)
        }
    }
}

function Connect-Environment {
    Add-AzEnvironment -Name emulator -ResourceManagerEndpoint $plan.resource_manager `
        -ActiveDirectoryEndpoint $plan.resource_manager `
        -ActiveDirectoryServiceEndpointResourceId https://management.azure.com/ | Out-Null
}

function Invoke-Step($Step) {
    $more = @{}
    if ($Step.scope) { $more.Scope = $Step.scope }
    switch ($Step.do) {
        'import' { foreach ($module in $plan.modules) { Import-Module -Name $module } }
        'environment' { Connect-Environment }
        'connect' {
            if ($Step.account) { $more.AccountId = $Step.account }
            if ($plan.environment) { $more.Environment = $plan.environment }
            Connect-AzAccount -Identity @more
        }
        'connect_with_token' { Connect-WithToken $Step $more }
        'connect_with_retry' { Connect-WithRetry $Step $more }
        'set' { Set-AzContext -Subscription $Step.subscription @more }
        'get' { Get-AzResource }
        'clear' { Clear-AzContext -Force @more }
        'autosave_off' { Disable-AzContextAutosave @more }
        'who' { Get-AzContext }
        'wait' { Wait-ForOthers }
        default { throw "no such step: $($Step.do)" }
    }
}

# What an error says, and what the errors beneath it say.
function Get-Message($Exception) {
    $messages = @()
    while ($Exception) {
        $messages += $Exception.Message
        $Exception = $Exception.InnerException
    }
    $messages -join ' | '
}

foreach ($step in $plan.steps) {
    $asked = Get-TokenRequest
    $began = Get-Milliseconds
    try { $all = @(Invoke-Step $step 2>&1) } catch { $all = @($_) }
    $ended = Get-Milliseconds
    $failed = @($all | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
    $values = @($all | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] })
    $listed = @($values | Where-Object { $_.ResourceId } | ForEach-Object { ($_.ResourceId -split '/')[2] })
    $record = [ordered]@{
        step = $step.do
        began = $began
        ended = $ended
        errors = @($failed | ForEach-Object { Get-Message $_.Exception })
        resources = $listed.Count
        listed = @($listed | Sort-Object -Unique)
    }
    if ($plan.admin) { $record.requests = (Get-TokenRequest) - $asked }
    if ($step.do -eq 'who' -and $values.Count -gt 0) {
        $record.account = $values[0].Account.Id
        $record.subscription = $values[0].Subscription.Id
    }
    [Console]::Out.WriteLine(($record | ConvertTo-Json -Compress -Depth 4))
    if ($failed.Count -gt 0 -and $plan.on_error -eq 'Stop') { exit 1 }
}
exit 0
