# Imports the modules of a release and runs another script as it is. Windows PowerShell 5.1 and 7.
param([Parameter(Mandatory = $true)][string]$Case)

$plan = Get-Content -Raw -LiteralPath $Case | ConvertFrom-Json
foreach ($module in $plan.modules) { Import-Module -Name $module }
& $plan.script
exit 0
