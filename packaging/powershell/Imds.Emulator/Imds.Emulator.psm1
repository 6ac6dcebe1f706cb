# For Windows PowerShell 5.1 and PowerShell 7.
#
# One emulator for a session, always on the ports of the session's first one: Az.Accounts reads the address of
# Resource Manager once, at its import, and keeps the address of IMDS and the tokens for the process.
Set-StrictMode -Version 2.0

$script:Emulator = $null
$script:Ports = @{ Imds = 0; Admin = 0; ResourceManager = 0 }
$script:SecondsToStop = 10

function Start-ImdsEmulator {
    <#
    .SYNOPSIS
    Starts an emulator and leads this session to it: Connect-AzAccount -Identity and all that follows.
    .DESCRIPTION
    Sets the variables that `imds-emulator env` names, and removes those that lead elsewhere. It ends with
    Stop-ImdsEmulator, or with this session. The saved sign-ins of the user are not read and not written, unless
    -KeepContext is given; that holds if Az.Accounts has not been imported yet.
    .PARAMETER Configuration
    A configuration file; `imds-emulator config default` prints every setting.
    .PARAMETER LimitProfile
    Limits by their name: azure, azure-2017, azure-identity-5, azure-charging or unlimited.
    .PARAMETER Fault
    Presets of faults that hold from the start, such as update and restart.
    .PARAMETER NoResourceManager
    Serve tokens only, and no stub of Azure Resource Manager.
    .PARAMETER KeepContext
    Leave the autosave of Az contexts as it is.
    .EXAMPLE
    Start-ImdsEmulator; Connect-AzAccount -Identity; Get-AzResource; Stop-ImdsEmulator
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([pscustomobject])]
    param(
        [string] $Configuration,
        [string] $LimitProfile,
        [string[]] $Fault = @(),
        [switch] $NoResourceManager,
        [switch] $KeepContext
    )
    if ($null -ne $script:Emulator) {
        throw 'An emulator runs already in this session: Stop-ImdsEmulator ends it.'
    }
    if (-not $PSCmdlet.ShouldProcess('imds-emulator', 'Start')) {
        return
    }
    $arguments = @('serve', '--until-stdin-closes')
    $arguments += @('--listen', "127.0.0.1:$($script:Ports.Imds)", '--admin-listen', "127.0.0.1:$($script:Ports.Admin)")
    if (-not $NoResourceManager) {
        $arguments += @('--resource-manager-listen', "127.0.0.1:$($script:Ports.ResourceManager)")
    }
    if ($Configuration) {
        $arguments += @('--config', (Resolve-Path -LiteralPath $Configuration).ProviderPath)
    }
    if ($LimitProfile) {
        $arguments += @('--profile', $LimitProfile)
    }
    foreach ($preset in $Fault) {
        $arguments += @('--fault', $preset)
    }
    $process = Open-ImdsProgram $arguments
    $line = $process.StandardOutput.ReadLine()
    if (-not $line) {
        $process.WaitForExit()
        throw "imds-emulator ended with code $($process.ExitCode); what it said is above."
    }
    $ready = $line | ConvertFrom-Json
    $script:Emulator = [pscustomobject]@{
        Endpoint        = $ready.imds
        Admin           = $ready.admin
        ResourceManager = $null
        Process         = $process
    }
    $script:Ports.Imds = ([uri] $ready.imds).Port
    $script:Ports.Admin = ([uri] $ready.admin).Port
    if (-not $NoResourceManager) {
        $script:Emulator.ResourceManager = $ready.resource_manager
        $script:Ports.ResourceManager = ([uri] $ready.resource_manager).Port
    }
    try {
        Use-ImdsVariable -KeepContext:$KeepContext
    }
    catch {
        Stop-ImdsEmulator
        throw
    }
    $script:Emulator
}

function Stop-ImdsEmulator {
    <#
    .SYNOPSIS
    Ends the emulator of this session, and brings back the variables.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    if ($null -eq $script:Emulator -or -not $PSCmdlet.ShouldProcess('imds-emulator', 'Stop')) {
        return
    }
    $process = $script:Emulator.Process
    $script:Emulator = $null
    foreach ($name in @($script:Before.Keys)) {
        Use-ImdsValue $name $script:Before[$name]
    }
    $script:Before = Get-ImdsTable
    $process.StandardInput.Close()
    if (-not $process.WaitForExit(1000 * $script:SecondsToStop)) {
        $process.Kill()
    }
    $process.Dispose()
}

function Invoke-WithImds {
    <#
    .SYNOPSIS
    Runs a script block against an emulator of its own, which ends with it.
    .PARAMETER ScriptBlock
    What is run. The emulator is its first argument.
    .EXAMPLE
    Invoke-WithImds { ./nightly.ps1; Get-ImdsJournal | Format-Table status, path }
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [scriptblock] $ScriptBlock,
        [string] $Configuration,
        [string] $LimitProfile,
        [string[]] $Fault = @(),
        [switch] $NoResourceManager,
        [switch] $KeepContext
    )
    $settings = @{}
    foreach ($name in $PSBoundParameters.Keys) {
        if ($name -ne 'ScriptBlock') {
            $settings[$name] = $PSBoundParameters[$name]
        }
    }
    $emulator = Start-ImdsEmulator @settings
    try {
        & $ScriptBlock $emulator
    }
    finally {
        Stop-ImdsEmulator
    }
}

function Reset-ImdsEmulator {
    <#
    .SYNOPSIS
    Makes it as if the emulator had never been asked. Tokens that Az.Accounts holds stay.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    if ($PSCmdlet.ShouldProcess('imds-emulator', 'Reset')) {
        Invoke-ImdsAdmin 'Post' '/reset' | Out-Null
    }
}

function Add-ImdsFault {
    <#
    .SYNOPSIS
    Injects a fault, from now on.
    .PARAMETER Preset
    A fault by its name, such as update or restart.
    .PARAMETER Status
    The status that answers requests for tokens.
    .PARAMETER Next
    Only this many requests.
    .PARAMETER Table
    A [[faults]] table of the configuration, as a hashtable.
    .EXAMPLE
    Add-ImdsFault -Status 429 -Next 3
    #>
    [CmdletBinding(DefaultParameterSetName = 'Status')]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'Preset')] [string] $Preset,
        [Parameter(Mandatory = $true, ParameterSetName = 'Status')] [int] $Status,
        [Parameter(ParameterSetName = 'Status')] [int] $Next,
        [Parameter(Mandatory = $true, ParameterSetName = 'Table')] [hashtable] $Table
    )
    $body = $Table
    if ($PSCmdlet.ParameterSetName -eq 'Preset') {
        $body = @{ preset = $Preset }
    }
    elseif ($PSCmdlet.ParameterSetName -eq 'Status') {
        $body = @{ path = '/metadata/identity'; effect = @{ status = $Status } }
        if ($Next) {
            $body.next = $Next
        }
    }
    Invoke-ImdsAdmin 'Post' '/faults' $body
}

function Clear-ImdsFault {
    <#
    .SYNOPSIS
    Removes all faults.
    #>
    [CmdletBinding()]
    param()
    Invoke-ImdsAdmin 'Delete' '/faults' | Out-Null
}

function Set-ImdsLimit {
    <#
    .SYNOPSIS
    Sets limits; what is left out is as the profile has it.
    .EXAMPLE
    Set-ImdsLimit @{ identity = @{ concurrent = 3 } }
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true, Position = 0)] [hashtable] $Table)
    if ($PSCmdlet.ShouldProcess('imds-emulator', 'Set limits')) {
        Invoke-ImdsAdmin 'Put' '/limits' $Table | Out-Null
    }
}

function Get-ImdsTally {
    <#
    .SYNOPSIS
    Counts of requests by category and verdict; with -ResourceManager by client and by cmdlet.
    #>
    [CmdletBinding()]
    param([switch] $ResourceManager)
    $path = '/tally'
    if ($ResourceManager) {
        $path = '/resource_manager/tally'
    }
    Invoke-ImdsAdmin 'Get' $path
}

function Get-ImdsJournal {
    <#
    .SYNOPSIS
    The requests that came, oldest first.
    .PARAMETER ResourceManager
    Those to Resource Manager, each with its cmdlet in `command`.
    #>
    [CmdletBinding()]
    param([switch] $ResourceManager)
    $path = '/journal'
    if ($ResourceManager) {
        $path = '/resource_manager/journal'
    }
    foreach ($entry in (Invoke-ImdsAdmin 'Get' $path).entries) {
        $entry | Add-Member -NotePropertyName status -NotePropertyValue $entry.outcome.status -PassThru
    }
}

function Get-ImdsVerdict {
    <#
    .SYNOPSIS
    How the clients behaved: clean, broken rules, findings, and what Resource Manager does not serve.
    #>
    [CmdletBinding()]
    param()
    Invoke-ImdsAdmin 'Get' '/verify'
}

function Test-ImdsClient {
    <#
    .SYNOPSIS
    Whether no client broke a rule since the start or the latest reset; says as a warning what was broken.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $verdict = Get-ImdsVerdict
    foreach ($finding in $verdict.findings) {
        Write-Warning "$($finding.rule): $($finding.message)"
    }
    [bool] $verdict.clean
}

# Variables of this process, as `imds-emulator env` has them; what was there comes back with Stop-ImdsEmulator.
function Use-ImdsVariable {
    param([switch] $KeepContext)
    $arguments = @('env', '--shell', 'bash', '--endpoint', $script:Emulator.Endpoint)
    if ($script:Emulator.ResourceManager) {
        $arguments += "--resource-manager=$($script:Emulator.ResourceManager)"
    }
    $process = Open-ImdsProgram $arguments
    $said = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) {
        throw "imds-emulator env ended with code $($process.ExitCode); what it said is above."
    }
    $wanted = Get-ImdsTable
    foreach ($line in ($said -split "`r?`n")) {
        if ($line -match '^unset (\w+)$') {
            $wanted[$Matches[1]] = $null
        }
        elseif ($line -match "^export (\w+)='([^']*)'$") {
            $wanted[$Matches[1]] = $Matches[2]
        }
    }
    $loopback = '127.0.0.1,localhost,::1'
    $upper = if ($env:NO_PROXY) { $env:NO_PROXY } else { $env:no_proxy }
    $lower = if ($env:no_proxy) { $env:no_proxy } else { $env:NO_PROXY }
    $wanted['NO_PROXY'] = (@($upper, $loopback) | Where-Object { $_ }) -join ','
    if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
        $wanted['no_proxy'] = (@($lower, $loopback) | Where-Object { $_ }) -join ','
    }
    if (-not $KeepContext) {
        $wanted['AzContextAutoSave'] = 'false'
        $wanted['Azure_Profile_Autosave'] = 'false'
    }
    foreach ($name in $wanted.Keys) {
        $script:Before[$name] = [Environment]::GetEnvironmentVariable($name)
        Use-ImdsValue $name $wanted[$name]
    }
}

# A null takes the variable away: a method of .NET would get an empty text in its place.
function Use-ImdsValue {
    param([string] $Name, $Value)
    if ($null -eq $Value) {
        Remove-Item -LiteralPath "Env:$Name" -ErrorAction Ignore
    }
    else {
        Set-Item -LiteralPath "Env:$Name" -Value $Value
    }
}

# The names of variables differ by case, except on Windows.
function Get-ImdsTable {
    New-Object System.Collections.Hashtable ([StringComparer]::Ordinal)
}

# Starts the program with its standard input as a pipe: it ends when this session does. Settings that are meant for an
# emulator of the user's own are no settings of this one.
function Open-ImdsProgram {
    param([string[]] $Arguments)
    $info = New-Object System.Diagnostics.ProcessStartInfo
    $info.FileName = Get-ImdsProgram
    $info.Arguments = (@($Arguments | ForEach-Object { '"{0}"' -f $_ }) -join ' ')
    $info.UseShellExecute = $false
    $info.RedirectStandardInput = $true
    $info.RedirectStandardOutput = $true
    foreach ($name in @($info.EnvironmentVariables.Keys)) {
        if ($name -like 'IMDS_EMULATOR_*') {
            $info.EnvironmentVariables.Remove($name)
        }
    }
    [System.Diagnostics.Process]::Start($info)
}

# The program of the variable IMDS_EMULATOR, of the module, two folders above it as in the archive, or on PATH.
function Get-ImdsProgram {
    $windows = [Environment]::OSVersion.Platform -eq 'Win32NT'
    $file = 'imds-emulator'
    if ($windows) {
        $file = 'imds-emulator.exe'
    }
    $bin = Join-Path $PSScriptRoot (Join-Path 'bin' (Get-ImdsPlatform $windows))
    $candidates = @(
        $env:IMDS_EMULATOR,
        (Join-Path $bin $file),
        [IO.Path]::Combine($PSScriptRoot, '..', '..', $file)
    )
    foreach ($candidate in $candidates) {
        if ($candidate -and (Test-Path -LiteralPath $candidate -PathType Leaf)) {
            if (-not $windows -and $candidate -ne $env:IMDS_EMULATOR) {
                # NuGet unpacks without the permission to execute.
                & chmod u+x $candidate
            }
            return $candidate
        }
    }
    $found = Get-Command -Name $file -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $found) {
        throw "No $file in $($candidates[1]) or on PATH; `$env:IMDS_EMULATOR may name it."
    }
    $found.Path
}

# The platform in the words of .NET: win-x64, linux-arm64.
function Get-ImdsPlatform {
    param([bool] $Windows)
    if ($Windows) {
        $machine = 'x64'
        if ($env:PROCESSOR_ARCHITECTURE -eq 'ARM64') {
            $machine = 'arm64'
        }
        return "win-$machine"
    }
    $system = 'linux'
    if (Test-Path -LiteralPath '/System/Library') {
        $system = 'osx'
    }
    "$system-$([System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant())"
}

function Invoke-ImdsAdmin {
    param([string] $Method, [string] $Path, [hashtable] $Body)
    if ($null -eq $script:Emulator) {
        throw 'No emulator runs in this session: Start-ImdsEmulator starts one.'
    }
    $request = @{ Method = $Method; Uri = $script:Emulator.Admin + $Path; TimeoutSec = 30; UseBasicParsing = $true }
    if ($Body) {
        $request.Body = ConvertTo-Json -InputObject $Body -Depth 10
        $request.ContentType = 'application/json'
    }
    if ($PSVersionTable.PSVersion.Major -ge 6) {
        $request.NoProxy = $true
    }
    Invoke-RestMethod @request
}

$script:Before = Get-ImdsTable
$ExecutionContext.SessionState.Module.OnRemove = { Stop-ImdsEmulator }
Export-ModuleMember -Function @(
    'Start-ImdsEmulator', 'Stop-ImdsEmulator', 'Invoke-WithImds', 'Reset-ImdsEmulator',
    'Add-ImdsFault', 'Clear-ImdsFault', 'Set-ImdsLimit', 'Get-ImdsTally', 'Get-ImdsJournal', 'Get-ImdsVerdict', 'Test-ImdsClient'
)
