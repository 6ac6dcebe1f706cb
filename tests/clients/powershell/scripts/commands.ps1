# Tries what scripts do against Resource Manager, and prints a line of JSON for each. Windows PowerShell 5.1 and 7.
param([Parameter(Mandatory = $true)][string]$Case)

$plan = Get-Content -Raw -LiteralPath $Case | ConvertFrom-Json
$WarningPreference = 'SilentlyContinue'
$ErrorActionPreference = 'Stop'
foreach ($module in $plan.modules) { Import-Module -Name $module }
Connect-AzAccount -Identity -AccountId $plan.account -Scope Process | Out-Null
Set-AzContext -Subscription $plan.subscription -Scope Process | Out-Null
$first = @(Get-AzResource)[0]

$commands = [ordered]@{
    'Get-AzTenant' = { Get-AzTenant }
    'Get-AzSubscription' = { Get-AzSubscription }
    'Get-AzSubscription -SubscriptionName' = { Get-AzSubscription -SubscriptionName production }
    'Set-AzContext by name' = { Set-AzContext -Subscription production -Scope Process }
    'Get-AzContext -ListAvailable' = { Get-AzContext -ListAvailable }
    'Get-AzAccessToken' = { Get-AzAccessToken }
    'Get-AzAccessToken for a vault' = { Get-AzAccessToken -ResourceUrl https://vault.azure.net }
    'Get-AzResourceGroup' = { Get-AzResourceGroup }
    'Get-AzResourceGroup -Name' = { Get-AzResourceGroup -Name $first.ResourceGroupName }
    'Get-AzResource -Name' = { Get-AzResource -Name $first.Name }
    'Get-AzResource -ResourceType' = { Get-AzResource -ResourceType $first.ResourceType }
    'Get-AzResource -ResourceGroupName' = { Get-AzResource -ResourceGroupName $first.ResourceGroupName }
    'Get-AzResource -TagName' = { Get-AzResource -TagName purpose }
    'Get-AzResource -ResourceId' = { Get-AzResource -ResourceId $first.ResourceId }
    'Get-AzResource -ResourceId -ExpandProperties' = {
        Get-AzResource -ResourceId $first.ResourceId -ExpandProperties
    }
    'Invoke-AzRestMethod' = { Invoke-AzRestMethod -Method GET -Path '/subscriptions?api-version=2021-01-01' }
    'Get-AzTag' = { Get-AzTag }
    'Get-AzResourceProvider' = { Get-AzResourceProvider }
    'Get-AzLocation' = { Get-AzLocation }
    'Get-AzRoleAssignment' = { Get-AzRoleAssignment }
    'Disconnect-AzAccount' = { Disconnect-AzAccount -Scope Process }
}
foreach ($name in $commands.Keys) {
    $record = [ordered]@{ step = $name; errors = @() }
    try { & $commands[$name] | Out-Null } catch { $record.errors = @("$_") }
    [Console]::Out.WriteLine(($record | ConvertTo-Json -Compress -Depth 4))
}
exit 0
