# Prints what PowerShell this is, and where it keeps what. Windows PowerShell 5.1 and PowerShell 7.
$record = [ordered]@{
    step = 'facts'
    edition = "$($PSVersionTable.PSEdition)"
    version = "$($PSVersionTable.PSVersion)"
    profile_folder = [Environment]::GetFolderPath('UserProfile')
    module_folders = @($env:PSModulePath -split [IO.Path]::PathSeparator)
}
[Console]::Out.WriteLine(($record | ConvertTo-Json -Compress -Depth 4))
exit 0
