# Plays sessions in runspaces of one process, and prints a line of JSON for each. PowerShell 7.
param([Parameter(Mandatory = $true)][string]$Case)

$plan = Get-Content -Raw -LiteralPath $Case | ConvertFrom-Json
$WarningPreference = 'SilentlyContinue'
foreach ($module in $plan.modules) { Import-Module -Name $module }

$plan.sessions | ForEach-Object -ThrottleLimit 16 -Parallel {
    $session = $_
    $plan = $using:plan
    $WarningPreference = 'SilentlyContinue'
    $ErrorActionPreference = 'Stop'
    foreach ($module in $plan.modules) { Import-Module -Name $module }
    $scope = @{}
    if ($plan.scope) { $scope.Scope = $plan.scope }
    $record = [ordered]@{ step = 'runspace'; account = $session.account; subscription = $session.subscription }
    try {
        $connected = Connect-AzAccount -Identity -AccountId $session.account @scope
        if ($plan.pinned) {
            $own = Set-AzContext -Subscription $session.subscription -DefaultProfile $connected @scope
            $resources = @(Get-AzResource -DefaultProfile $own)
        } else {
            Set-AzContext -Subscription $session.subscription @scope | Out-Null
            $resources = @(Get-AzResource)
        }
        $record.errors = @()
        $record.listed = @($resources | ForEach-Object { ($_.ResourceId -split '/')[2] } | Sort-Object -Unique)
    } catch {
        $record.errors = @("$_")
        $record.listed = @()
    }
    $record | ConvertTo-Json -Compress -Depth 4
} | ForEach-Object { [Console]::Out.WriteLine($_) }
exit 0
