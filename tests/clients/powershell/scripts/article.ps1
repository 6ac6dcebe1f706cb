# The script of the article, as it is.
Connect-AzAccount -Identity -AccountId 5a1f0c9e-0000-4000-8000-000000000001
Set-AzContext -Subscription 00000000-0000-4000-8000-00000000000b
Get-AzResource
