<#
.SYNOPSIS
Runs the broker of imds-client as a scheduled task that starts with the machine.

.DESCRIPTION
Not tried: there was no Windows. The task runs as LOCAL SERVICE, which has few rights, and is started again when it fails.
It needs an elevated PowerShell, 5.1 or newer.

.PARAMETER Program
The path of imds-client.exe, which LOCAL SERVICE must be able to read.

.PARAMETER Listen
Where the broker listens.

.PARAMETER SetVariable
Also sets AZURE_POD_IDENTITY_AUTHORITY_HOST for all users of this machine. Programs that run already do not see it.

.PARAMETER Remove
Stops the task and removes it, and the variable, if it leads to the broker.

.EXAMPLE
.\Register-ImdsBroker.ps1 -Program 'C:\Program Files\imds-client\imds-client.exe' -SetVariable
#>
[CmdletBinding(DefaultParameterSetName = 'Register', SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'Register')]
    [ValidateScript({ Test-Path -LiteralPath $_ -PathType Leaf })]
    [string] $Program,

    [string] $Listen = '127.0.0.1:16928',

    [Parameter(ParameterSetName = 'Register')]
    [switch] $SetVariable,

    [Parameter(Mandatory = $true, ParameterSetName = 'Remove')]
    [switch] $Remove
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$name = 'imds-client broker'
$variable = 'AZURE_POD_IDENTITY_AUTHORITY_HOST'
$endpoint = "http://$Listen"

if ($Remove) {
    if ($PSCmdlet.ShouldProcess($name, 'Remove the task')) {
        Stop-ScheduledTask -TaskName $name -ErrorAction SilentlyContinue
        Unregister-ScheduledTask -TaskName $name -Confirm:$false
        if ([Environment]::GetEnvironmentVariable($variable, 'Machine') -eq $endpoint) {
            [Environment]::SetEnvironmentVariable($variable, $null, 'Machine')
        }
    }
    return
}

if ($PSCmdlet.ShouldProcess($name, 'Register and start the task')) {
    $path = (Resolve-Path -LiteralPath $Program).ProviderPath
    $action = New-ScheduledTaskAction -Execute $path -Argument "serve --listen $Listen"
    $trigger = New-ScheduledTaskTrigger -AtStartup
    $principal = New-ScheduledTaskPrincipal -UserId 'NT AUTHORITY\LOCAL SERVICE' -LogonType ServiceAccount
    # Without a limit a task is ended after three days.
    $settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit ([TimeSpan]::Zero) `
        -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) -StartWhenAvailable `
        -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
    Register-ScheduledTask -TaskName $name -Action $action -Trigger $trigger -Principal $principal `
        -Settings $settings -Description 'Answers as the Azure Instance Metadata Service does, from a cache' -Force |
        Out-Null
    Start-ScheduledTask -TaskName $name
    if ($SetVariable) {
        [Environment]::SetEnvironmentVariable($variable, $endpoint, 'Machine')
    }
}
